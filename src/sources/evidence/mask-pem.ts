import { MASK } from './masked-word.ts';

const BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/;
const ENDS = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY/;

/** A line of a key: 64 characters, or 76, and fewer at its end. What programs put before each line may come first. */
const BODY = /(?:^|[\s|>])[A-Za-z0-9+/]{1,76}={0,2}$/;
const FULL_BODY = /^[\s>|#*]{0,32}[A-Za-z0-9+/]{60,76}={0,2}$/;

/** Old keys begin with these, and an empty line. */
const HEADER = /(?:Proc-Type|DEK-Info):|^$/;

/** An RSA key of 16 384 bits has some 200 lines. */
const MOST_LINES = 256;

/**
 * Masks private keys in PEM, line by line, and also what is left of one whose beginning or end is cut off.
 *
 * A key in one line, with `\n` written out, is masked to the end of its line. A line that could be one of a key is
 * masked wherever it stands.
 */
export function maskPem(text: string): string {
  const lines = text.split('\n');
  const masked = lines.map((line) => (FULL_BODY.test(line.trimEnd()) ? MASK : line));
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (!line.includes('PRIVATE KEY')) continue;
    const begins = line.search(BEGINS);
    const ends = line.search(ENDS);
    if (begins >= 0) {
      masked[index] = `${line.slice(0, begins)}${MASK}`;
      if (ends < begins) index = maskKey(lines, masked, index + 1);
    } else if (ends >= 0) {
      masked[index] = MASK;
      maskBefore(lines, masked, index - 1);
    }
  }
  return masked.join('\n');
}

/** Masks all lines from one on until the key's end, or while they look like a key. Gives the last one. */
function maskKey(lines: readonly string[], masked: string[], from: number): number {
  const near = lines.slice(from, from + MOST_LINES);
  const end = near.findIndex((line) => ENDS.test(line));
  const other = near.findIndex((line) => !isOfKey(line));
  const last = from + (end >= 0 ? end : (other < 0 ? near.length : other) - 1);
  for (let at = from; at <= last; at += 1) masked[at] = MASK;
  return last;
}

function maskBefore(lines: readonly string[], masked: string[], from: number): void {
  for (let at = from; at > from - MOST_LINES && at >= 0 && isOfKey(lines[at] ?? ''); at -= 1)
    masked[at] = MASK;
}

function isOfKey(line: string): boolean {
  const bare = line.trimEnd();
  // Only its end is looked at, so that a long line takes no longer.
  return HEADER.test(bare.slice(0, 200)) || BODY.test(bare.slice(-80));
}
