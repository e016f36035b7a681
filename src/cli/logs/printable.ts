/** Colours that a program gives its own messages. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
const COLOURS = /\u001b\[[0-9;:]*m/g;

/**
 * What could steer a terminal or mislead a reader: control characters, those without a shape such as the ones that turn
 * the direction of text round, other separators of lines, halves of characters. Tabs and line breaks may stay.
 */
const UNPRINTABLE = /[^\P{C}\t\n]|[\p{Zl}\p{Zp}]/gu;

/** A message for a terminal: letters of all languages stay, its colours go, all else is written as `\u001b`. */
export function printableText(text: string): string {
  return text.replace(COLOURS, '').replaceAll('\r\n', '\n').replace(UNPRINTABLE, escaped);
}

function escaped(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return number > 0xffff ? `\\u{${number.toString(16)}}` : `\\u${number.toString(16).padStart(4, '0')}`;
}
