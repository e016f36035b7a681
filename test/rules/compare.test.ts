import { describe, expect, it } from 'vitest';
import { above, below } from '../../src/rules/compare.ts';

describe('above', () => {
  it('takes the default, unless that subject has a threshold of its own', () => {
    expect(above('x', 'unit_memory_ratio')).toBe(
      [
        'x > 0.9',
        '  unless on (instance, user, name) fettle:threshold{threshold="unit_memory_ratio"}',
        'or',
        'x',
        '  > on (instance, user, name) group_left () fettle:threshold{threshold="unit_memory_ratio"}',
      ].join('\n'),
    );
  });

  it('compares numbers of events as half an event more, since increase() extrapolates', () => {
    expect(above('x', 'restarts_15m')).toMatch(/^x > 3\.5\n/);
  });
});

describe('below', () => {
  it('is the same the other way round', () => {
    expect(below('x', 'unit_memory_ratio')).toBe(above('x', 'unit_memory_ratio').replaceAll('>', '<'));
  });
});
