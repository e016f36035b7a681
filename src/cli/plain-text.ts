/** A text of which nothing can steer a terminal: all but printable ASCII is written as `\u001b`. */
export function plainText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
