const ESCAPE = '\u001b';

/** What switches a terminal to red, and back. */
export const RED = `${ESCAPE}[31m`;
export const RESET = `${ESCAPE}[0m`;

/** A text as it looks on a terminal without colours. */
export function withoutColours(text: string): string {
  return text.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '');
}
