import { describe, expect, it } from 'vitest';
import { createHandshake } from '../../../src/host/dbus/handshake.ts';

const OK = 'OK 28084e2e7bc05330a9f8f9616b018a1f\r\n';

/** How much of the last piece belonged to the talk. */
function hear(pieces: readonly string[], uid = 0): number | undefined {
  const handshake = createHandshake(uid);
  let used: number | undefined;
  for (const piece of pieces) used = handshake.push(Buffer.from(piece, 'latin1'), piece.length);
  return used;
}

describe('logging in', () => {
  it('tells the user id in hexadecimal digits of its decimal ones', () => {
    expect(createHandshake(1000).opening).toBe('\0AUTH EXTERNAL 31303030\r\nBEGIN\r\n');
  });

  it('is done once the server agrees, however its answer is cut', () => {
    for (let at = 0; at < OK.length; at++) {
      expect(hear([OK.slice(0, at)])).toBeUndefined();
      expect(hear([OK.slice(0, at), OK.slice(at)])).toBe(OK.length - at);
    }
  });

  it('leaves what the server sends right after its answer', () => {
    expect(hear([`${OK}l\x04\x01`])).toBe(OK.length);
    expect(hear(['OK ', `0123\r\nl\x04\x01\r\n`])).toBe('0123\r\n'.length);
  });

  it('hears the first bytes of a chunk only', () => {
    expect(createHandshake(0).push(Buffer.from(OK), OK.length - 1)).toBeUndefined();
  });

  it.each([
    [
      'REJECTED EXTERNAL ANONYMOUS\r\n',
      'it does not let the user with the id 7 in ("REJECTED EXTERNAL ANONYMOUS")',
    ],
    ['ERROR "Unknown command"\r\n', 'it answered "ERROR \\"Unknown command\\"" to the log-in'],
    ['DATA\r\n', 'it does not speak D-Bus: it answered "DATA" to the log-in'],
    ['OKAY\r\n', 'it answered "OKAY"'],
    ['OK xyz\r\n', 'it answered "OK xyz"'],
    ['\r\n', 'it answered ""'],
    [
      `HTTP/1.1 400 Bad Request\r\nServer: ${'x'.repeat(200)}`,
      'it answered "HTTP/1.1 400 Bad Request" to the log-in',
    ],
    ['x'.repeat(1025), `it answered "${'x'.repeat(80)}" to the log-in`],
  ])('fails for %j', (answer, reason) => {
    expect(() => hear([answer], 7)).toThrow(reason);
  });
});
