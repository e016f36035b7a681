import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCondition } from '../../../src/config/remediator/condition.ts';
import { OPERATORS, QUANTITIES } from '../../../src/domain/condition.ts';
import { anyText } from '../../fakes/any-text.ts';

describe('parseCondition', () => {
  it.each([
    ['gpu_temperature_celsius < 80', { quantity: 'gpu_temperature_celsius', operator: '<', value: 80 }],
    ['thermal_zone_celsius<=82.5', { quantity: 'thermal_zone_celsius', operator: '<=', value: 82.5 }],
    ['thermal_zone_celsius > -5', { quantity: 'thermal_zone_celsius', operator: '>', value: -5 }],
    [
      'gpu_memory_free_bytes >= 4GiB',
      { quantity: 'gpu_memory_free_bytes', operator: '>=', value: 4 * 1024 ** 3 },
    ],
    [
      'memory_available_bytes > 512MiB',
      { quantity: 'memory_available_bytes', operator: '>', value: 512 * 1024 ** 2 },
    ],
    ['memory_available_bytes != 0', { quantity: 'memory_available_bytes', operator: '!=', value: 0 }],
    ['probe_success(comfyui-a) = 0', { quantity: 'probe_success(comfyui-a)', operator: '=', value: 0 }],
    ['probe_success(x) != 1', { quantity: 'probe_success(x)', operator: '!=', value: 1 }],
  ])('understands %s', (text, condition) => {
    expect(parseCondition(`  ${text} `)).toEqual({ text, ...condition });
  });

  it.each([
    ['', /^expected a condition such as/],
    ['gpu_temperature_celsius', /^expected a condition such as/],
    [
      'gpu_temperature_celsius < 80 and memory_available_bytes > 1GiB',
      'expected one condition each, as a list of which all must hold: ["gpu_temperature_celsius < 80", "memory_available_bytes > 1GiB"]',
    ],
    ['gpu_temperature_celsius < 80 or 1 = 1', /^expected a condition such as .*; there is no or$/],
    ['gpu_temperature_celsius == 80', /^expected a condition such as .*, with one =$/],
    ['80 > gpu_temperature_celsius', /^expected a condition such as/],
    [
      'gpu_temp < 80',
      /^expected one of gpu_temperature_celsius, .* and probe_success\(NAME\); got gpu_temp$/,
    ],
    ['probe_success() = 1', /got probe_success\(\)$/],
    ['probe_success(A B) = 1', /got probe_success\(A B\)$/],
    ['gpu_temperature_celsius < hot', 'expected a number after <; got hot'],
    ['gpu_temperature_celsius < 1e999', 'expected a number after <; got 1e999'],
    ['gpu_temperature_celsius < NaN', 'expected a number after <; got NaN'],
    ['gpu_temperature_celsius < 80%', 'expected a number after <; got 80%'],
    ['gpu_temperature_celsius < 1GiB', 'expected a number without GiB; gpu_temperature_celsius is no size'],
    ['probe_success(x) > 0', 'expected = 1 (it succeeds) or = 0 (it fails) after probe_success(x)'],
    ['probe_success(x) = 2', 'expected = 1 (it succeeds) or = 0 (it fails) after probe_success(x)'],
  ])('objects to "%s"', (text, message) => {
    expect(() => parseCondition(text)).toThrow(message);
  });

  it('gives a finite number and the very words for whatever it takes', () => {
    const written = fc
      .tuple(
        fc.constantFrom(...QUANTITIES),
        fc.constantFrom(...OPERATORS),
        fc.integer({ min: -1e6, max: 1e9 }),
      )
      .map(([quantity, operator, value]) => ({
        quantity,
        operator,
        value,
        text: `${quantity} ${operator} ${value}`,
      }));
    fc.assert(
      fc.property(written, (one) => {
        expect(parseCondition(one.text)).toEqual(one);
      }),
    );
  });

  it('never throws anything but an Error with words', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        try {
          expect(Number.isFinite(parseCondition(text).value)).toBe(true);
        } catch (thrown) {
          expect(String(thrown)).toMatch(/^Error: expected /);
        }
      }),
    );
  });
});
