import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/config/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['30s', 30],
    ['5m', 300],
    ['1h', 3600],
    ['1d', 86_400],
    ['1w', 604_800],
    ['250ms', 0.25],
    ['1h30m', 5400],
    ['1m500ms', 60.5],
    ['0s', 0],
    ['090s', 90],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBeCloseTo(seconds, 9);
  });

  it.each([
    '',
    '30',
    's',
    '30 s',
    ' 30s',
    '30s ',
    '-30s',
    '+30s',
    '1.5h',
    '30S',
    '30sec',
    '1y',
    '30s,5m',
    '٣s',
    '30s\n',
  ])('takes "%s" for no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('adds up whatever parts are written', () => {
    const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
    const part = fc.tuple(fc.nat(999), fc.constantFrom('ms', 's', 'm', 'h', 'd', 'w'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const milliseconds = parts.reduce((sum, [amount, unit]) => sum + amount * units[unit], 0);
        expect(parseDuration(parts.flat().join(''))).toBeCloseTo(milliseconds / 1000, 6);
      }),
    );
  });
});
