/** How much of a text from outside is told to people. */
const EXCERPT_LENGTH = 200;

/** The beginning of a text from outside that holds no secret of ours: in quotes and on one line, fit for a sentence. */
export function quoted(text: string): string {
  const cut = text.length > EXCERPT_LENGTH;
  return `${JSON.stringify(text.slice(0, EXCERPT_LENGTH))}${cut ? ' and so on' : ''}`;
}

/**
 * The beginning of what came back from one whom secrets may have been sent, for people.
 *
 * Whoever was sent a secret may send it back, in any spelling: in JSON, in HTML, in base64, in part. To look for all
 * of them is hopeless, so nothing is told then.
 */
export function answerWords(text: string, sendsSecret: boolean): string {
  return sendsSecret ? 'not shown: this probe sends a secret' : quoted(text);
}

/** A number of seconds for people: `90 s`, `5 min`, `3 h`, `2 days`. */
export function timeWords(seconds: number): string {
  const rounded = (amount: number, word: string) => `${Number(amount.toFixed(1))} ${word}`;
  if (seconds < 120) return rounded(seconds, 's');
  if (seconds < 7200) return rounded(seconds / 60, 'min');
  return seconds < 172_800 ? rounded(seconds / 3600, 'h') : rounded(seconds / 86_400, 'days');
}

/** A number of bytes for people: `512 bytes`, `1.5 GiB`. */
export function sizeWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
}
