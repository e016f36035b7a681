/** A number as the kernel writes it alone in a file; `max` and anything else is undefined. */
export function parseCount(text: string): number | undefined {
  const end = text.charCodeAt(text.length - 1) === NEWLINE ? text.length - 1 : text.length;
  if (end === 0) return undefined;
  let value = 0;
  for (let at = 0; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * The number behind a key in a file of lines such as `user_usec 1396`; undefined if there is no such line.
 *
 * Searched for instead of split: `memory.stat` has some forty lines, of which four are wanted, of a thousand
 * units.
 */
export function parseField(text: string, key: string): number | undefined {
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
    const begins = at === 0 || text.charCodeAt(at - 1) === NEWLINE;
    const after = at + key.length;
    if (begins && text.charCodeAt(after) === SPACE) return numberAt(text, after + 1);
  }
  return undefined;
}

/** Seconds of stall since the start, of `some` or `full` in a pressure file (`total=` in microseconds there). */
export function parseStall(text: string, kind: 'some' | 'full'): number | undefined {
  const line = text.startsWith(kind) ? 0 : text.indexOf(`\n${kind} `);
  if (line < 0) return undefined;
  const total = text.indexOf('total=', line);
  const microseconds = total < 0 ? undefined : numberAt(text, total + 'total='.length);
  return microseconds === undefined ? undefined : microseconds / 1e6;
}

/** Sum over all devices of a key in v2's `io.stat`, as in `8:0 rbytes=1 wbytes=2`; undefined if none has it. */
export function sumDevices(text: string, key: string): number | undefined {
  let sum: number | undefined;
  const wanted = `${key}=`;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    // `rbytes=` is also the end of `dbytes=`'s neighbours: a key begins after a space.
    if (text.charCodeAt(at - 1) === SPACE) sum = (sum ?? 0) + (numberAt(text, at + wanted.length) ?? 0);
  }
  return sum;
}

/** Sum over all devices of an operation in v1's `blkio.throttle.*`, as in `8:0 Read 4096`. */
export function sumOperations(text: string, operation: 'Read' | 'Write'): number | undefined {
  let sum: number | undefined;
  const wanted = ` ${operation} `;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    sum = (sum ?? 0) + (numberAt(text, at + wanted.length) ?? 0);
  }
  return sum;
}

const NEWLINE = 10;
const SPACE = 32;
const ZERO = 48;

/** The digits at a place, as a number; undefined if there are none. */
function numberAt(text: string, from: number): number | undefined {
  let value = 0;
  let at = from;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return at === from ? undefined : value;
}
