/** What Redis answers to a command (RESP 2), as far as a probe needs it. */
export type RespReply =
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }
  /** Undefined: there is none. */
  | { readonly kind: 'bulk'; readonly text: string | undefined }
  | { readonly kind: 'integer'; readonly value: number };

/** A reply and what came behind it; or that more has to come; or that this is not RESP, or none that was asked for. */
export type RespRead =
  | { readonly kind: 'reply'; readonly reply: RespReply; readonly rest: Buffer }
  | { readonly kind: 'more' }
  | { readonly kind: 'rubbish' };

/** Lines of Redis are shorter, but for errors that repeat a command. */
const LONGEST_LINE = 4096;

const MORE: RespRead = { kind: 'more' };
const RUBBISH: RespRead = { kind: 'rubbish' };

/** Reads one reply from what has come so far. */
export function readReply(bytes: Buffer): RespRead {
  const type = bytes.toString('latin1', 0, 1);
  if (bytes.length > 0 && !'+-:$'.includes(type)) return RUBBISH;
  const end = bytes.indexOf('\r\n');
  if (end === -1) return bytes.length > LONGEST_LINE ? RUBBISH : MORE;
  if (end > LONGEST_LINE) return RUBBISH;
  const line = bytes.toString('utf8', 1, end);
  const rest = bytes.subarray(end + 2);
  switch (type) {
    case '+':
      return { kind: 'reply', reply: { kind: 'status', text: line }, rest };
    case '-':
      return { kind: 'reply', reply: { kind: 'error', text: line }, rest };
    case ':':
      return /^-?\d{1,15}$/.test(line)
        ? { kind: 'reply', reply: { kind: 'integer', value: Number(line) }, rest }
        : RUBBISH;
    default:
      return readBulk(line, rest);
  }
}

function readBulk(line: string, rest: Buffer): RespRead {
  if (line === '-1') return { kind: 'reply', reply: { kind: 'bulk', text: undefined }, rest };
  if (!/^\d{1,9}$/.test(line)) return RUBBISH;
  const length = Number(line);
  if (rest.length < length + 2) return MORE;
  if (rest.toString('latin1', length, length + 2) !== '\r\n') return RUBBISH;
  const reply = { kind: 'bulk', text: rest.toString('utf8', 0, length) } as const;
  return { kind: 'reply', reply, rest: rest.subarray(length + 2) };
}

/** A command and its arguments as they are sent. */
export function respCommand(...words: readonly string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`);
}
