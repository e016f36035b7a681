import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNagios } from '../../../src/sources/probe/nagios.ts';
import { anyText } from '../../fakes/any-text.ts';

describe('the numbers of a plugin', () => {
  it.each<[string, string, Record<string, number>]>([
    ['seconds', 'OK | time=250ms;1;2;0;10 a=3us b=4s', { time: 0.25, a: 3e-6, b: 4 }],
    ['bytes', 'OK | a=1B b=1KB c=2MB d=1.5GB', { a: 1, b: 1024, c: 2 * 1024 ** 2, d: 1.5 * 1024 ** 3 }],
    ['parts', 'OK | load=50%;80;90', { load: 0.5 }],
    ['counters', 'OK | packets=12345c', { packets: 12_345 }],
    ['negative ones', 'OK | offset=-0.5s x=+3 y=.5 z=1e3', { offset: -0.5, x: 3, y: 0.5, z: 1000 }],
    ['labels in quotes', "OK | 'a b'=1 'it''s'=2 '/var/lib'=3", { a_b: 1, it_s: 2, '/var/lib': 3 }],
    ['unknown ones', 'OK | a=U;1;2 b=2', { b: 2 }],
    ['rubbish', 'OK | a= =3 c=x d=1x2 e 5', {}],
    ['other units', 'OK | temp=45C', { temp: 45 }],
    ['the first of two', 'OK | a=1 a=2', { a: 1 }],
    ['none', 'OK - all is well', {}],
    ['those behind the long text', 'OK | a=1\nlong text\nof two lines | b=2\nc=3', { a: 1, b: 2, c: 3 }],
    ['too large ones', 'OK | a=1e999 b=1', { b: 1 }],
    ['a name that is too long', `OK | ${'x'.repeat(65)}=1 b=1`, { b: 1 }],
  ])('%s', (_, output, values) => {
    const found = Object.fromEntries(parseNagios(output).values);
    expect(Object.keys(found).sort()).toEqual(Object.keys(values).sort());
    for (const [name, value] of Object.entries(values)) expect(found[name]).toBeCloseTo(value, 12);
  });

  it('are 64 at most', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `v${index}=${index}`).join(' ');
    expect(parseNagios(`OK | ${many}`).values.size).toBe(64);
  });

  it('come with a sentence', () => {
    expect(parseNagios('  DISK OK - 5 GB free  | a=1\nmore').text).toBe('DISK OK - 5 GB free');
    expect(parseNagios('').text).toBe('');
  });

  it('may be any text, and each is a number with a name', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        for (const [name, value] of parseNagios(`OK | ${text}`).values) {
          expect(name).toMatch(/^[A-Za-z0-9_./:-]{1,64}$/);
          expect(Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });

  it('are found in 64 KiB of anything without a long search', () => {
    for (const part of ["'", "'a", 'a', "''", 'a=', '1', "='", 'a=1']) {
      parseNagios(`OK | ${part.repeat(65_536 / part.length)}`);
    }
  });
});
