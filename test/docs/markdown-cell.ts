/** Text as a cell of a table in Markdown: a bar would end the cell, and * or < would be markup. */
export function escapeCell(text: string): string {
  return text.replaceAll(/[|*<]/g, String.raw`\$&`);
}

/** Code as a cell, or a part of one. Of what would be markup only a bar is, even there. */
export function codeCell(text: string): string {
  return `\`${text.replaceAll('|', String.raw`\|`)}\``;
}
