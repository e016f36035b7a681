import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEncode } from '../../../src/host/dbus/encode.ts';
import { createTypesOf } from '../../../src/host/dbus/signature.ts';
import { Writer } from '../../../src/host/dbus/writer.ts';
import { allAsRead, anyTyped } from './any-value.ts';
import { readMessages } from './read-messages.ts';
import { type Order, referenceMessage, referenceValues } from './reference.ts';

const SIGNAL = {
  kind: 4,
  fields: [
    [1, 'o', '/a'],
    [2, 's', 'a.b'],
    [3, 's', 'C'],
  ] as const,
};

/** The bytes that fettle writes for values. */
function written(signature: string, values: readonly unknown[]): Buffer {
  const writer = new Writer(Buffer.alloc(1));
  createEncode(createTypesOf())(writer, signature, values);
  return writer.take();
}

const read = (order: Order, signature: string, values: readonly unknown[]) =>
  readMessages(referenceMessage({ ...SIGNAL, order, signature, body: values }))[0]?.body;

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('values of D-Bus', () => {
  it.each<[string, unknown, string]>([
    ['y', 255, 'ff'],
    ['b', true, '01000000'],
    ['n', -2, 'feff'],
    ['q', 65535, 'ffff'],
    ['i', -2, 'feffffff'],
    ['u', 2 ** 32 - 1, 'ffffffff'],
    ['x', -(2n ** 63n), '0000000000000080'],
    ['t', 2n ** 64n - 1n, 'ffffffffffffffff'],
    ['d', 1, '000000000000f03f'],
    ['s', 'ok', '02000000 6f6b00'],
    ['s', 'é', '02000000 c3a900'],
    ['s', '', '00000000 00'],
    ['o', '/a', '02000000 2f6100'],
    ['g', 'as', '02 617300'],
    ['v', { signature: 'y', value: 7 }, '01 7900 07'],
    ['v', { signature: 'u', value: 7 }, '01 7500 00 07000000'],
    ['ay', Buffer.of(1, 2, 3), '03000000 010203'],
    ['as', ['a', ''], '0d000000 01000000 6100 0000 00000000 00'],
    ['at', [], '00000000 00000000'],
    ['at', [1n], '08000000 00000000 0100000000000000'],
    ['(yu)', [1, 2], '01 000000 02000000'],
    ['a(y)', [[1], [2]], '09000000 00000000 01 00000000000000 02'],
    ['a{sy}', new Map([['a', 9]]), '07000000 00000000 01000000 6100 09'],
  ])('writes %s of %o as the specification says, and reads it', (signature, value, hex) => {
    expect(written(signature, [value])).toEqual(bytes(hex));
    expect(referenceValues('little', signature, [value])).toEqual(bytes(hex));
    expect(read('little', signature, [value])).toEqual(allAsRead(signature, [value]));
  });

  it('writes any value as a second encoder does', () => {
    fc.assert(
      fc.property(anyTyped(), ({ signature, values }) => {
        expect(written(signature, values)).toEqual(referenceValues('little', signature, values));
      }),
    );
  });

  it.each<Order>(['little', 'big'])('reads any value that was written in %s-endian order', (order) => {
    fc.assert(
      fc.property(anyTyped(), ({ signature, values }) => {
        expect(read(order, signature, values)).toEqual(allAsRead(signature, values));
      }),
    );
  });

  it('takes whole numbers for 64-bit types', () => {
    expect(written('tx', [5, -5])).toEqual(referenceValues('little', 'tx', [5n, -5n]));
  });

  it('gives bytes with memory of their own, so that a few do not hold a chunk of 64 kB', () => {
    const [value] = read('little', 'ay', [Buffer.alloc(16, 1)]) ?? [];
    expect(value).toBeInstanceOf(Buffer);
    expect(Buffer.isBuffer(value) && value.buffer.byteLength).toBe(16);
  });

  it.each<[string, unknown, string]>([
    ['y', 256, '256 does not fit the type y'],
    ['y', -1, '-1 does not fit the type y'],
    ['y', 1.5, '1.5 does not fit the type y'],
    ['n', 32768, '32768 does not fit the type n'],
    ['q', 65536, '65536 does not fit the type q'],
    ['i', 2 ** 31, '2147483648 does not fit the type i'],
    ['u', 5n, '5 does not fit the type u'],
    ['x', 2n ** 63n, '9223372036854775808 does not fit the type x'],
    ['t', -1n, '-1 does not fit the type t'],
    ['t', 2 ** 53, '9007199254740992 does not fit the type t'],
    ['d', 1n, '1 does not fit the type d'],
    ['b', 1, '1 does not fit the type b'],
    ['s', undefined, 'undefined does not fit the type s'],
    ['s', 'a\0b', 'a text must not hold a NUL'],
    ['o', 'a', '"a" does not fit the type o'],
    ['o', '/a/', '"/a/" does not fit the type o'],
    ['g', 'a', 'malformed D-Bus message: "a" is no signature, from character 2 on'],
    ['h', 0, 'a value of type h cannot be sent: file descriptors are not supported'],
    ['v', 5, 'a variant expected, not 5'],
    ['v', { signature: 'ss', value: 5 }, '"ss" is no signature of a variant'],
    ['v', { signature: '', value: 5 }, '"" is no signature of a variant'],
    ['as', 'text', 'an array expected, not "text"'],
    ['a{ss}', { a: 'b' }, 'a Map expected, not [object Object]'],
    ['(ss)', ['a'], '2 values expected, not a'],
    ['s'.repeat(256), [], 'a signature is longer than 255 characters'],
  ])('refuses to write %s of %o', (signature, value, message) => {
    expect(() => written(signature, [value])).toThrow(message);
  });
});
