import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCelsius } from '../../../src/sources/thermal/parse.ts';

describe('parseCelsius', () => {
  it.each([
    ['41000\n', 41],
    ['41937\n', 41.937],
    ['0\n', 0],
    ['-5000\n', -5],
    ['41000', 41],
    ['-39999\n', -39.999],
    ['249999\n', 249.999],
  ])('%j is %d °C', (text, celsius) => {
    expect(parseCelsius(text)).toBe(celsius);
  });

  it.each(['-256000\n', '-274000\n', '-40000\n', '250000\n', '2147483647\n'])(
    'takes %j for a sensor that does not measure',
    (text) => {
      expect(parseCelsius(text)).toBeUndefined();
    },
  );

  it.each([
    undefined,
    '',
    '\n',
    'N/A\n',
    '41.5\n',
    '41000 \n',
    '41 000\n',
    '41000\n41000\n',
    '--1\n',
    '1e3\n',
  ])('has no temperature for %j', (text) => {
    expect(parseCelsius(text)).toBeUndefined();
  });

  it('gives thousandths for every temperature that a machine can have', () => {
    fc.assert(
      fc.property(fc.integer({ min: -39_999, max: 249_999 }), (thousandths) => {
        expect(parseCelsius(`${thousandths}\n`)).toBe(thousandths / 1000);
      }),
    );
  });
});
