import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Malformed } from '../../../src/host/dbus/malformed.ts';
import { anyTyped } from './any-value.ts';
import { readMessages } from './read-messages.ts';
import { type Order, referenceMessage, referenceValues } from './reference.ts';

const FIELDS = [
  [1, 'o', '/a'],
  [2, 's', 'a.b'],
  [3, 's', 'C'],
] as const;

const anyMessage = fc
  .tuple(anyTyped({ maxTypes: 5 }), fc.constantFrom<Order>('little', 'big'))
  .map(([{ signature, values }, order]) =>
    referenceMessage({ kind: 4, order, fields: FIELDS, signature, body: values }),
  );

/** A message whose values are these very bytes. */
function messageOf(signature: string, ...values: readonly Buffer[]): Buffer {
  const head = referenceMessage({ kind: 4, fields: [...FIELDS, [8, 'g', signature]] });
  const body = Buffer.concat(values);
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** Reads bytes that may be anything; what they are refused for, if they are. */
function readOrRefused(bytes: Buffer): Malformed | undefined {
  try {
    readMessages(bytes);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Malformed) return thrown;
    throw thrown;
  }
}

const u32 = (value: number) => referenceValues('little', 'u', [value]);
const nested = (depth: number): unknown =>
  depth === 0 ? { signature: 'y', value: 1 } : { signature: 'v', value: nested(depth - 1) };

describe('bytes that are no message', () => {
  it.each<[string, Buffer, string]>([
    ['a value beyond the end', messageOf('u', Buffer.of(1, 2)), 'ends in the middle of a value'],
    ['values beyond the signature', messageOf('y', Buffer.of(1, 2)), 'goes on after its last value'],
    ['values without a signature', messageOf('', Buffer.of(1)), 'goes on after its last value'],
    ['a text beyond the end', messageOf('s', u32(5), Buffer.from('abc\0')), 'ends in the middle of a value'],
    ['a text as long as memory', messageOf('s', u32(0xffff_ffff)), 'ends in the middle of a value'],
    ['a text without its NUL', messageOf('s', u32(2), Buffer.from('abc')), 'a text has no end'],
    ['a text with a NUL within', messageOf('s', u32(3), Buffer.from('a\0b\0')), 'a text is not UTF-8'],
    ['a text that is a NUL', messageOf('s', u32(1), Buffer.from('\0\0')), 'a text is not UTF-8'],
    ['a text that is not UTF-8', messageOf('s', u32(2), Buffer.of(0xc3, 0x28, 0)), 'a text is not UTF-8'],
    ['a boolean that is 2', messageOf('b', u32(2)), 'a boolean is 2'],
    [
      'an array beyond the end',
      messageOf('ay', u32(3), Buffer.of(1, 2)),
      'an array is longer than its message',
    ],
    ['an array beyond 64 MiB', messageOf('ay', u32(2 ** 26 + 1)), 'an array has 67108865 bytes'],
    [
      'an array that ends within a value',
      messageOf('ai', u32(6), u32(1), u32(2)),
      'in the middle of a value',
    ],
    ['an array whose padding is missing', messageOf('at', u32(0)), 'an array is longer than its message'],
    ['a variant without a type', messageOf('v', Buffer.of(0, 0)), 'a variant has the signature ""'],
    [
      'a variant of two types',
      messageOf('v', Buffer.from('\x02yy\0\x01\x01')),
      'a variant has the signature "yy"',
    ],
    ['a variant of no type', messageOf('v', Buffer.from('\x01z\0\x01')), '"z" is no signature'],
    ['a signature that is none', messageOf('g', Buffer.from('\x01a\0')), '"a" is no signature'],
    ['a file descriptor', messageOf('h', u32(0)), 'a value of type h came'],
    ['variants 65 deep', messageOf('v', referenceValues('little', 'v', [nested(64)])), 'nested too deeply'],
  ])('are refused for %s', (_what, bytes, reason) => {
    expect(readOrRefused(bytes)?.message).toContain(reason);
  });

  it('are not those with variants 64 deep', () => {
    const bytes = messageOf('v', referenceValues('little', 'v', [nested(63)]));
    expect(readMessages(bytes)[0]?.body).toEqual([1]);
  });

  it('are refused or read, but never anything else, when they are random', () => {
    const first = fc.constantFrom(0x6c, 0x42);
    fc.assert(
      fc.property(first, fc.uint8Array({ maxLength: 200 }), (order, rest) => {
        readOrRefused(Buffer.of(order, ...rest));
      }),
      { numRuns: 2000 },
    );
  });

  it('are refused or read, but never anything else, when some bytes of a message are wrong', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(anyMessage, fc.array(change, { minLength: 1, maxLength: 4 }), (message, changes) => {
        for (const [at, bits] of changes)
          message[at % message.length] = (message[at % message.length] ?? 0) ^ bits;
        readOrRefused(message);
      }),
      { numRuns: 3000 },
    );
  });

  it('are refused or waited for when a message is cut short, with its length told right or wrong', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), (message, by) => {
        const short = Buffer.from(message.subarray(0, by % message.length));
        expect(readMessages(short)).toEqual([]);
        const values = message[0] === 0x6c ? message.readUInt32LE(4) : message.readUInt32BE(4);
        const less = by % (values + 1);
        if (less === 0) return;
        const told = Buffer.from(message.subarray(0, message.length - less));
        if (told[0] === 0x6c) told.writeUInt32LE(values - less, 4);
        else told.writeUInt32BE(values - less, 4);
        expect(readOrRefused(told)).toBeInstanceOf(Malformed);
      }),
      { numRuns: 1000 },
    );
  });
});
