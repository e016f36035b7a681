import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSince } from '../../../src/cli/logs/since.ts';
import { anyText } from '../../fakes/any-text.ts';

const NOW = new Date(2026, 10, 21, 18, 5, 7);
const local = (...parts: [number, number, number, number?, number?, number?]) =>
  new Date(...parts).getTime() / 1000;
const nowSeconds = NOW.getTime() / 1000;

describe('parseSince', () => {
  it.each([
    ['10m', nowSeconds - 600],
    ['1h30m', nowSeconds - 5400],
    ['520w', nowSeconds - 520 * 604_800],
    ['9999999w', 0],
    ['today', local(2026, 10, 21)],
    ['yesterday', local(2026, 10, 20)],
    ['18:00', local(2026, 10, 21, 18, 0)],
    ['9:05:06', local(2026, 10, 21, 9, 5, 6)],
    ['2026-11-20', local(2026, 10, 20)],
    ['2026-11-20 07:08', local(2026, 10, 20, 7, 8)],
    ['2026-11-20T07:08:09', local(2026, 10, 20, 7, 8, 9)],
    ['2026-11-20 07:08:09.123456', local(2026, 10, 20, 7, 8, 9)],
    ['2026-11-20T07:08:09Z', Date.UTC(2026, 10, 20, 7, 8, 9) / 1000],
    ['2026-11-20 07:08+02:00', Date.UTC(2026, 10, 20, 5, 8) / 1000],
    ['@1700000000', 1_700_000_000],
    ['@1700000000.5', 1_700_000_000.5],
  ])('understands %s', async (text, seconds) => {
    expect(await parseSince(text, NOW)).toBe(seconds);
  });

  it.each([
    '',
    'soon',
    '10',
    '-10m',
    '@',
    '@-1',
    '24:00',
    '18:60',
    '2026-02-30',
    '2026-13-01',
    '2026-11-20 25:00',
    '2026-99-99T00:00:00Z',
    '1 hour ago',
  ])('does not guess at %j', async (text) => {
    expect(await parseSince(text, NOW)).toBeUndefined();
  });

  it('gives a time or nothing, whatever it is given', async () => {
    await fc.assert(
      fc.asyncProperty(anyText(), async (text) => {
        const seconds = await parseSince(text, NOW);
        return seconds === undefined || (Number.isFinite(seconds) && seconds >= 0);
      }),
    );
  });
});
