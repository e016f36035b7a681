import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../src/cli/plain-text.ts';
import { anyText } from '../fakes/any-text.ts';

describe('plainText', () => {
  it.each([
    ['nginx.service', 'nginx.service'],
    ['dev-disk\\x2d1.device', 'dev-disk\\x2d1.device'],
    ['\u001b[2J', '\\u001b[2J'],
    ['a\nb', 'a\\u000ab'],
    ['\u007f', '\\u007f'],
    ['\u009b2J', '\\u009b2J'],
    ['\u202e', '\\u202e'],
    ['😀', '\\ud83d\\ude00'],
  ])('writes %j as %s', (text, shown) => {
    expect(plainText(text)).toBe(shown);
  });

  it('gives printable ASCII, whatever it is given', () => {
    fc.assert(fc.property(anyText(), (text) => /^[ -~]*$/.test(plainText(text))));
  });

  it('changes nothing in what JSON says', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(JSON.parse(plainText(JSON.stringify([text])))).toEqual([text]);
      }),
    );
  });
});
