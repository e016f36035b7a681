import { describe, expect, it } from 'vitest';
import { parseGoDuration } from '../../src/config/go-duration.ts';

describe('parseGoDuration', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['1s', 1],
    ['1.5h', 5400],
    ['.5s', 0.5],
    ['2.s', 2],
    ['1h15m30.5s', 4530.5],
    ['250ms', 0.25],
    ['10us', 1e-5],
    ['10µs', 1e-5],
    ['10ns', 1e-8],
  ])('takes %s for %d s', (text, seconds) => {
    expect(parseGoDuration(text)).toBeCloseTo(seconds, 12);
  });

  it.each(['', '1', '-1s', '1d', '1w', '1 s', 's', '.s', '1s2', '1e3s', 'Infinitys', '1S'])(
    'takes %j for none',
    (text) => {
      expect(parseGoDuration(text)).toBeUndefined();
    },
  );
});
