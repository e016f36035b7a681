import { describe, expect, it } from 'vitest';
import { parseInterval } from '../../../src/cli/watch/interval.ts';

describe('parseInterval', () => {
  it.each([
    [undefined, 2],
    ['5s', 5],
    ['1m30s', 90],
    ['100ms', 0.1],
    ['1d', 86_400],
  ])('takes %s for %d s', async (text, seconds) => {
    expect(await parseInterval(text)).toBe(seconds);
  });

  it.each(['', '5', '0s', '99ms', '2d', 'soon', '-1s'])('refuses "%s"', async (text) => {
    expect(await parseInterval(text)).toBeUndefined();
  });
});
