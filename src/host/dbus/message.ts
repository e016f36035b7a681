import { Malformed } from './malformed.ts';

/** Kinds of messages. Source of all: D-Bus specification, "Message Format". */
export const KIND = { call: 1, reply: 2, error: 3, signal: 4 } as const;

/** Fields of a header. */
export const FIELD = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
  sender: 7,
  signature: 8,
} as const;

/** Flag of a call that is not to be answered. */
export const NO_REPLY_EXPECTED = 1;

/** Version of the protocol. */
export const VERSION = 1;

/** Longest message in bytes. */
export const MAX_MESSAGE_BYTES = 2 ** 27;

/** Bytes that every message has at least; the length of the fields of its header is the last of them. */
export const FIXED_BYTES = 16;

/** First byte of a message, which tells its byte order. */
export const LITTLE_ENDIAN = 0x6c;
export const BIG_ENDIAN = 0x42;

/**
 * The size of the message that starts there, or undefined while there are too few bytes to tell.
 *
 * Throws Malformed for what cannot be the start of a message.
 */
export function messageSize(bytes: Buffer, start: number, end: number): number | undefined {
  if (end - start < FIXED_BYTES) return undefined;
  const order = bytes[start];
  if (order !== LITTLE_ENDIAN && order !== BIG_ENDIAN) throw new Malformed('a message has no byte order');
  const little = order === LITTLE_ENDIAN;
  const values = little ? bytes.readUInt32LE(start + 4) : bytes.readUInt32BE(start + 4);
  const fields = little ? bytes.readUInt32LE(start + 12) : bytes.readUInt32BE(start + 12);
  const size = FIXED_BYTES + Math.ceil(fields / 8) * 8 + values;
  if (size > MAX_MESSAGE_BYTES) throw new Malformed(`a message of ${size} bytes was announced`);
  return size;
}
