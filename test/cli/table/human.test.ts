import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatBytesBriefly,
  formatCpuTime,
  formatDuration,
  formatPercent,
} from '../../../src/cli/table/human.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const DAY = 86_400;

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [0.9, '0s'],
    [-3, '0s'],
    [59.99, '59s'],
    [60, '1m'],
    [61, '1m 1s'],
    [3599.9, '59m 59s'],
    [3600, '1h'],
    [3 * 3600 + 4 * 60 + 59, '3h 4m'],
    [DAY - 1, '23h 59m'],
    [DAY, '1d'],
    [12 * DAY + 4 * 3600, '12d 4h'],
    [364 * DAY + 23.99 * 3600, '364d 23h'],
    [365 * DAY, '1y'],
    [385 * DAY + 3600, '1y 20d'],
  ])('writes %d s as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('never says more than there was, and leaves out less than its smaller unit', () => {
    const sizes: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: DAY, y: 365 * DAY };
    const seconds = fc.double({ min: 0, max: 100 * 365 * DAY, noNaN: true });
    fc.assert(
      fc.property(seconds, (given) => {
        const parts = formatDuration(given).split(' ');
        const told = parts.reduce(
          (sum, part) => sum + Number.parseInt(part, 10) * (sizes[part.at(-1) ?? ''] ?? NaN),
          0,
        );
        const largest = sizes[parts[0]?.at(-1) ?? ''] ?? NaN;
        expect(told).toBeLessThanOrEqual(given);
        expect(given - told).toBeLessThan(Math.max(1, largest / 10));
      }),
    );
  });
});

describe('formatCpuTime', () => {
  it.each([
    [0, '0ms'],
    [0.0004, '0ms'],
    [0.4209, '420ms'],
    [0.9999, '999ms'],
    [1, '1.0s'],
    [12.39, '12.3s'],
    [59.99, '59.9s'],
    [60, '1m'],
    [11_045, '3h 4m'],
  ])('writes %d s as %s', (seconds, text) => {
    expect(formatCpuTime(seconds)).toBe(text);
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B', '0B'],
    [1023, '1023 B', '1023B'],
    [KIB, '1.0 KiB', '1.0K'],
    [1023.9 * KIB, '1023.9 KiB', '1023.9K'],
    [MIB - 1, '1.0 MiB', '1.0M'],
    [1.25 * GIB, '1.3 GiB', '1.3G'],
    [4 * GIB, '4.0 GiB', '4.0G'],
    [1.5 * 1024 * GIB, '1.5 TiB', '1.5T'],
    [2 ** 63, '8.0 EiB', '8.0E'],
  ])('writes %d bytes as %s, and as %s in little room', (bytes, text, brief) => {
    expect(formatBytes(bytes)).toBe(text);
    expect(formatBytesBriefly(bytes)).toBe(brief);
  });

  it('always has a number below 1024 before its unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2 ** 63, noNaN: true }), (bytes) => {
        expect(formatBytes(bytes)).toMatch(/^(10[01]\d|102[0-3]|\d{1,3})(\.\d [KMGTPE]iB| B)$/);
      }),
    );
  });
});

describe('formatPercent', () => {
  it.each([
    [0, '0.0%'],
    [0.0004, '0.0%'],
    [0.125, '12.5%'],
    [0.9994, '99.9%'],
    [0.9996, '100%'],
    [2.504, '250%'],
    [-0.1, '0.0%'],
  ])('writes %d as %s', (ratio, text) => {
    expect(formatPercent(ratio)).toBe(text);
  });
});
