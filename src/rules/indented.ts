/** PromQL in parentheses, indented within them. */
export function inParentheses(expr: string): string {
  return `(\n${indented(expr)}\n)`;
}

/** A text of several lines, each moved by two spaces. */
export function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
