import { describe, expect, it } from 'vitest';
import { isLoopback, parseListen } from '../../src/config/listen.ts';

describe('parseListen', () => {
  it.each([
    ['127.0.0.1:10558', '127.0.0.1', 10_558],
    ['localhost:80', 'localhost', 80],
    ['box.example.org:10558', 'box.example.org', 10_558],
    ['[::1]:10558', '::1', 10_558],
    ['[2001:db8::7]:9', '2001:db8::7', 9],
    ['[::ffff:127.0.0.1]:9', '::ffff:127.0.0.1', 9],
    [':10558', '::', 10_558],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['127.0.0.1:65535', '127.0.0.1', 65_535],
  ])('%s is host %s and port %d', (text, host, port) => {
    expect(parseListen(text)).toEqual({ host, port });
  });

  it.each([
    '',
    '10558',
    ':',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '127.0.0.1:99999',
    '127.0.0.1:100000',
    '127.0.0.1:-1',
    '127.0.0.1:http',
    '::1:10558',
    '[::1]',
    '[]:10558',
    '[::1:10558',
    '[box]:10558',
    'http://127.0.0.1:10558',
    'my box:10558',
    '127.0.0.1:10558\n',
    '127.0.0.1:10558 ',
  ])('takes "%s" for no address', (text) => {
    expect(parseListen(text)).toBeUndefined();
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', 'localhost'])('%s is this machine only', (host) => {
    expect(isLoopback({ host, port: 1 })).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'box', '127.0.0.1.example.org', '127.0.0'])(
    '%s may be reached by others',
    (host) => {
      expect(isLoopback({ host, port: 1 })).toBe(false);
    },
  );
});
