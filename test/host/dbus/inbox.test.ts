import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Inbox } from '../../../src/host/dbus/inbox.ts';
import { Malformed } from '../../../src/host/dbus/malformed.ts';
import { allAsRead, anyTyped, type Typed } from './any-value.ts';
import { readMessages } from './read-messages.ts';
import { type Order, referenceMessage } from './reference.ts';

const NAMES = [
  [1, 'o', '/org/freedesktop/systemd1'],
  [2, 's', 'org.freedesktop.systemd1.Manager'],
  [3, 's', 'UnitNew'],
] as const;

function signal({ signature, values }: Typed, order: Order = 'little'): Buffer {
  return referenceMessage({ kind: 4, fields: NAMES, signature, body: values, order });
}

const anyMessages = fc.array(fc.tuple(anyTyped(), fc.constantFrom<Order>('little', 'big')), { maxLength: 5 });

/** Bytes of buffers that are in use, or might be. */
function buffersInMemory(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  // Another thread gives back what the first has found, and the second waits for it.
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}

/** Cuts bytes into pieces of these lengths, and the rest. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return [...pieces, bytes.subarray(at)];
}

describe('a stream of messages', () => {
  const messages = [
    signal({ signature: 'so', values: ['a.service', '/a'] }),
    signal({ signature: 'v', values: [{ signature: 't', value: 5n }] }, 'big'),
  ];
  const stream = Buffer.concat([...messages, ...messages]);
  const bodies = [['a.service', '/a'], [5n], ['a.service', '/a'], [5n]];

  it('is read alike wherever it is cut in two', () => {
    for (let at = 0; at <= stream.length; at++) {
      const read = readMessages(stream.subarray(0, at), stream.subarray(at));
      expect(read.map(({ body }) => body)).toEqual(bodies);
    }
  });

  it('is read alike when every byte comes alone', () => {
    const read = readMessages(...cut(stream, Array(stream.length).fill(1)));
    expect(read.map(({ body }) => body)).toEqual(bodies);
  });

  it('is read alike however it is cut, whatever it says, and wherever in memory it lies', () => {
    const lengths = fc.array(fc.nat({ max: 100 }), { maxLength: 20 });
    fc.assert(
      fc.property(anyMessages, lengths, fc.nat({ max: 7 }), (all, cuts, offset) => {
        const bytes = Buffer.concat([
          Buffer.alloc(offset),
          ...all.map(([typed, order]) => signal(typed, order)),
        ]);
        const read = readMessages(...cut(bytes.subarray(offset), cuts));
        expect(read.map(({ body }) => body)).toEqual(
          all.map(([{ signature, values }]) => allAsRead(signature, values)),
        );
      }),
    );
  });

  it('is read from memory that is used again for each chunk', () => {
    const seen: number[] = [];
    const inbox = new Inbox((message) => {
      seen.push(message.byte());
    });
    const chunk = Buffer.alloc(50);
    for (let at = 0; at < stream.length; at += chunk.length) {
      inbox.push(chunk, stream.copy(chunk, 0, at, at + chunk.length));
    }
    expect(seen).toEqual([4, 4, 4, 4]);
  });

  it('is read with messages far larger than a chunk', () => {
    const text = 'x'.repeat(3_000_000);
    const large = signal({ signature: 's', values: [text] });
    const pieces = cut(Buffer.concat([large, stream]), Array(40).fill(65_536));
    expect(readMessages(...pieces).map(({ body }) => body)).toEqual([[text], ...bodies]);
  });

  it('gives back the memory of a large message', () => {
    const large = signal({ signature: 's', values: ['x'.repeat(3_000_000)] });
    let read = 0;
    const inbox = new Inbox(() => read++);
    const before = buffersInMemory();
    for (const piece of cut(large, Array(45).fill(65_536))) inbox.push(piece, piece.length);
    expect(buffersInMemory() - before).toBeLessThan(100_000);
    inbox.push(stream, stream.length);
    expect(read).toBe(5);
  });

  it('takes no memory for bytes that are announced and do not come', () => {
    const start = signal({ signature: 's', values: ['x'] });
    start.writeUInt32LE(100_000_000, 4);
    const before = buffersInMemory();
    const inboxes = Array.from({ length: 20 }, () => new Inbox(() => undefined));
    for (const inbox of inboxes) inbox.push(start, start.length);
    expect(buffersInMemory() - before).toBeLessThan(200_000);
    expect(inboxes.length).toBe(20);
  });

  it.each<[string, (message: Buffer) => void]>([
    ['values beyond 128 MiB', (message) => message.writeUInt32LE(2 ** 27, 4)],
    ['fields beyond 128 MiB', (message) => message.writeUInt32LE(2 ** 31, 12)],
    ['no byte order', (message) => message.writeUInt8(0x6d, 0)],
  ])('is refused as soon as a message announces %s', (_what, spoil) => {
    const message = signal({ signature: 's', values: ['x'] });
    spoil(message);
    expect(() => readMessages(message.subarray(0, 16))).toThrow(Malformed);
  });
});
