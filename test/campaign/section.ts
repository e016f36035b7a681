import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const BEGIN = '<!-- campaign:begin -->';
const END = '<!-- campaign:end -->';

/** The text with what stands between the campaign's markers replaced, or with both at its end if it has none. */
export function withSection(text: string, section: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  const block = `${BEGIN}\n\n${section.trim()}\n\n${END}`;
  if (begin < 0 && end < 0) return `${text.trimEnd()}\n\n${block}\n`;
  if (begin < 0 || end < begin) throw new Error(`expected ${BEGIN} and, after it, ${END}`);
  return `${text.slice(0, begin)}${block}${text.slice(end + END.length)}`;
}

/** Writes the section into a file; one that does not exist yet is made of it alone. */
export function writeSection(file: string, section: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '# Benchmarks\n';
  writeFileSync(file, withSection(text, section));
}
