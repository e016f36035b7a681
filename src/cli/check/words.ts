import type { RateLimit } from '../../domain/policy.ts';

const SPANS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** A length of time as a configuration has it, nothing rounded: `1h 30m`, `0s`. */
export function timeWords(seconds: number): string {
  let left = Math.round(seconds * 1000);
  const parts: string[] = [];
  for (const [name, span] of SPANS) {
    const count = Math.floor(left / span);
    if (count > 0) parts.push(`${count}${name}`);
    left -= count * span;
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}

/** Several things in a sentence: `a`, `a and b`, `a, b and c`. */
export function listWords(words: readonly string[], last = 'and'): string {
  const end = words.at(-1) ?? '';
  return words.length < 2 ? end : `${words.slice(0, -1).join(', ')} ${last} ${end}`;
}

/** `at most 3 within any 1h and 10 within any 24h`. */
export function limitWords(limits: readonly RateLimit[]): string {
  const parts = limits.map(({ count, windowSeconds }) => `${count} within any ${timeWords(windowSeconds)}`);
  return `at most ${listWords(parts)}`;
}

/** A row of a list: what it is about, and what there is to say. */
export function row(about: string, told: string): string {
  return `  ${about.padEnd(10)} ${told}`;
}
