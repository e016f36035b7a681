import { describe, expect, it } from 'vitest';
import { parseCount, parseCpuacct, parseCpuStat } from '../../../src/sources/cgroup/parse.ts';

describe('parseCount', () => {
  it.each([
    ['0\n', 0],
    ['4096\n', 4096],
    ['4096', 4096],
    ['9223372036854771712\n', 2 ** 63 - 4096],
  ])('reads %j', (text, value) => {
    expect(parseCount(text)).toBe(value);
  });

  it.each([undefined, '', '\n', 'max\n', '-1\n', '1.5\n', ' 1\n', '1 2\n', '1\n2\n', '0x10\n'])(
    'has no number for %j',
    (text) => {
      expect(parseCount(text)).toBeUndefined();
    },
  );
});

describe('parseCpuStat', () => {
  it('gives seconds of user and system time', () => {
    const text = 'usage_usec 3500000\nuser_usec 1396\nsystem_usec 2000001\nnr_periods 0\nnr_throttled 0\n';
    expect(parseCpuStat(text)).toEqual({ user: 0.001396, system: 2.000001 });
  });

  it('finds a key by its whole name only', () => {
    expect(parseCpuStat('my_user_usec 1\nuser_usec2 2\nuser_usec x\nsystem_usec 3\n')).toEqual({
      user: undefined,
      system: 0.000003,
    });
  });

  it.each([undefined, '', 'nr_periods 0\n'])('has no times for %j', (text) => {
    expect(parseCpuStat(text)).toEqual({ user: undefined, system: undefined });
  });
});

describe('parseCpuacct', () => {
  it('gives seconds for nanoseconds', () => {
    expect(parseCpuacct('1500000000\n', '250000000\n')).toEqual({ user: 1.5, system: 0.25 });
  });

  it('leaves out what is not there', () => {
    expect(parseCpuacct(undefined, '1000000000\n')).toEqual({ user: undefined, system: 1 });
  });
});
