import { describe, expect, it } from 'vitest';
import { readMessages } from './read-messages.ts';
import { type ReferenceMessage, referenceMessage } from './reference.ts';

const bytes = (...hex: readonly string[]) => Buffer.from(hex.join('').replaceAll(' ', ''), 'hex');

const PATH = [1, 'o', '/a'] as const;
const FACE = [2, 's', 'a.b'] as const;
const MEMBER = [3, 's', 'C'] as const;
const ERROR = [4, 's', 'a.E'] as const;
const ANSWERS = [5, 'u', 7] as const;
const SENDER = [7, 's', ':1.2'] as const;

const headerOf = (message: ReferenceMessage) => readMessages(referenceMessage(message))[0]?.header;

describe('the header of a message', () => {
  it('is read in big-endian order, as a machine of that order would send it', () => {
    const message = bytes(
      '42 04 01 01  00000006  00000009  00000042', // big-endian signal, 6 bytes of values, serial 9, 66 of fields
      '01 01 6f 00  00000002  2f6100    0000000000', // path /a
      '02 01 73 00  00000003  612e6200  00000000', // interface a.b
      '03 01 73 00  00000001  4300      000000000000', // member C
      '08 01 67 00  02 757100', // signature uq
      '07 01 73 00  00000001  7800      000000000000', // sender x
      '00000102 0304',
    );
    expect(readMessages(message)).toEqual([
      {
        header: expect.objectContaining({
          kind: 4,
          flags: 1,
          serial: 9,
          path: '/a',
          member: 'C',
          sender: 'x',
        }),
        body: [0x102, 0x304],
      },
    ]);
  });

  it('tells the names and the sender of a signal', () => {
    expect(headerOf({ kind: 4, serial: 3, fields: [SENDER, MEMBER, FACE, PATH] })).toEqual({
      ...{ kind: 4, flags: 0, serial: 3, replySerial: 0 },
      ...{ path: '/a', interface: 'a.b', member: 'C', errorName: '', sender: ':1.2', signature: '' },
    });
  });

  it('tells what a reply answers, and of an error its name', () => {
    expect(headerOf({ kind: 2, fields: [ANSWERS, SENDER] })).toMatchObject({ replySerial: 7 });
    expect(headerOf({ kind: 3, fields: [ERROR, ANSWERS] })).toMatchObject({
      replySerial: 7,
      errorName: 'a.E',
    });
  });

  it('leaves aside fields that are not known yet', () => {
    const unknown = [200, 'a{sv}', new Map([['a', { signature: 'at', value: [1n] }]])] as const;
    expect(headerOf({ kind: 2, fields: [unknown, ANSWERS] })).toMatchObject({ replySerial: 7 });
  });

  it('leaves aside kinds of messages that are not known yet', () => {
    expect(headerOf({ kind: 9 })).toMatchObject({ kind: 9 });
  });

  it.each<[string, ReferenceMessage, string]>([
    ['a signal without a path', { kind: 4, fields: [FACE, MEMBER] }, 'lacks a field'],
    ['a signal without an interface', { kind: 4, fields: [PATH, MEMBER] }, 'lacks a field'],
    ['a signal without a member', { kind: 4, fields: [PATH, FACE] }, 'lacks a field'],
    ['a call without a path', { kind: 1, fields: [MEMBER] }, 'lacks a field'],
    ['a call without a member', { kind: 1, fields: [PATH] }, 'lacks a field'],
    ['a reply to nothing', { kind: 2 }, 'lacks a field'],
    ['an error without a name', { kind: 3, fields: [ANSWERS] }, 'lacks a field'],
    ['an error in reply to nothing', { kind: 3, fields: [ERROR] }, 'lacks a field'],
    ['a message of no kind', { kind: 0 }, 'lacks a field'],
    ['a message without a serial', { kind: 2, serial: 0, fields: [ANSWERS] }, 'lacks a field'],
    ['another version', { kind: 2, version: 2, fields: [ANSWERS] }, 'a message has the version 2 of D-Bus'],
    ['a path that is a string', { kind: 4, fields: [[1, 's', '/a']] }, 'field 1 of a header has the type s'],
    ['a serial of 64 bits', { kind: 2, fields: [[5, 't', 7n]] }, 'field 5 of a header has the type t'],
    ['a field of no kind', { kind: 2, fields: [[0, 's', 'x'], ANSWERS] }, 'field 0 of a header'],
  ])('is refused for %s', (_what, message, reason) => {
    expect(() => readMessages(referenceMessage(message))).toThrow(reason);
  });
});
