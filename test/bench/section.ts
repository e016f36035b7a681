import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/** The text with what stands between the two markers replaced. Throws if it does not have both, in order. */
export function replaceSection(text: string, section: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`expected ${BEGIN} and, after it, ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${section.trim()}\n\n${text.slice(end)}`;
}

/** Writes the section into a file; one that does not exist yet is made of it alone. */
export function writeSection(file: string, section: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : `# Benchmarks\n\n${BEGIN}\n${END}\n`;
  writeFileSync(file, replaceSection(text, section));
}
