import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitWords, listWords, timeWords } from '../../../src/cli/check/words.ts';
import { parseDuration } from '../../../src/config/duration.ts';

describe('timeWords', () => {
  it.each([
    [0, '0s'],
    [0.5, '500ms'],
    [1, '1s'],
    [90, '1m 30s'],
    [3600, '1h'],
    [86_400, '1d'],
    [694_861.001, '1w 1d 1h 1m 1s 1ms'],
  ])('of %d s', (seconds, words) => {
    expect(timeWords(seconds)).toBe(words);
  });

  it('rounds nothing that a configuration can say', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 520 * 604_800_000 }), (ms) => {
        const read = parseDuration(timeWords(ms / 1000).replaceAll(' ', '')) ?? Number.NaN;
        expect(Math.round(read * 1000)).toBe(ms);
      }),
    );
  });
});

describe('listWords', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('of %j', (words, told) => {
    expect(listWords(words)).toBe(told);
  });
});

describe('limitWords', () => {
  it('names all limits', () => {
    const limits = [
      { count: 3, windowSeconds: 3600 },
      { count: 1, windowSeconds: 90 },
    ];
    expect(limitWords(limits)).toBe('at most 3 within any 1h and 1 within any 1m 30s');
  });
});
