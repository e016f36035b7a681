const ESCAPE = '\u001b';

/** What switches a terminal to a colour, and back. */
export const RED = `${ESCAPE}[31m`;
export const YELLOW = `${ESCAPE}[33m`;
export const RESET = `${ESCAPE}[0m`;

/** A text as it looks on a terminal without colours. */
export function withoutColours(text: string): string {
  return text.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '');
}
