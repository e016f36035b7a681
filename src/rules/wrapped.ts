/** What is not broken: a template is one word, spaces and all. */
const WORDS = /(?:\{\{.*?\}\}|[^ ])+/g;

/** A text in lines of at most so many characters, broken at spaces; all but the first are indented. */
export function wrapped(text: string, width: number, indent = 0): readonly string[] {
  const lines: string[] = [];
  for (const word of text.match(WORDS) ?? ['']) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last === undefined) lines.push(word);
    else if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(`${' '.repeat(indent)}${word}`);
  }
  return lines;
}
