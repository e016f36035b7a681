import { excerpt } from './scrub.ts';

/** A text from outside that holds no secret of ours, as it may stand in a sentence for people. */
export function quoted(text: string): string {
  return excerpt(text, (same) => same);
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
