import { describe, expect, it } from 'vitest';
import { parseUptime, readSecondsSinceBoot } from '../../../src/sources/circumstances/boot.ts';
import { readMemoryAvailable } from '../../../src/sources/circumstances/memory.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

describe('the machine', () => {
  it.each([
    ['350735.47 234388.90\n', 350735.47],
    ['0.01 0.00\n', 0.01],
    ['12 8\n', 12],
    ['', undefined],
    ['soon\n', undefined],
    ['-5.0 1.0\n', undefined],
  ])('%j tells %j seconds since its start', (text, seconds) => {
    expect(parseUptime(text)).toBe(seconds);
  });

  it('says how long it has been up, also without procfs, and fails on rubbish', () => {
    expect(readSecondsSinceBoot(tempFolder({ uptime: '5.50 1.00\n' }))).toBe(5.5);
    expect(readSecondsSinceBoot(tempFolder())).toBeGreaterThan(0);
    expect(() => readSecondsSinceBoot(tempFolder({ uptime: 'rubbish' }))).toThrow(/uptime/);
  });

  it('says what memory can be had', () => {
    const meminfo = 'MemTotal:  100 kB\nMemFree:  1 kB\nMemAvailable:     40 kB\n';
    expect(readMemoryAvailable(tempFolder({ meminfo }))).toBe(40 * 1024);
    expect(() => readMemoryAvailable(tempFolder({ meminfo: 'MemTotal: 1 kB\n' }))).toThrow(/MemAvailable/);
    expect(() => readMemoryAvailable(tempFolder())).toThrow(/MemAvailable/);
  });
});
