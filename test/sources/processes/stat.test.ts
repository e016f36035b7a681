import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseStartTime } from '../../../src/sources/processes/stat.ts';

/** The text of a process's stat file. */
const stat = (name: string, state: string, startTime: string) =>
  `42 (${name}) ${state} 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 ${startTime} 8192 100\n`;

describe('parseStartTime', () => {
  it.each(['sleep', 'a b', 'a) S 1 (b', '(sd-pam)', ')', ''])('finds it behind the name %j', (name) => {
    expect(parseStartTime(stat(name, 'S', '123456'))).toBe(123456);
  });

  it('takes a process that only waits to be collected for ended', () => {
    expect(parseStartTime(stat('sleep', 'Z', '123456'))).toBeUndefined();
    expect(parseStartTime(stat('sleep', 'X', '123456'))).toBeUndefined();
  });

  it.each(['', '42 (sleep) S 1 2', stat('sleep', 'S', 'x')])('finds none in %j', (text) => {
    expect(parseStartTime(text)).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('finds that of this very process', () => {
    const startTime = parseStartTime(readFileSync('/proc/self/stat', 'utf8')) ?? Number.NaN;
    const upTicks = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 100;
    expect(startTime).toBeGreaterThan(0);
    expect(startTime).toBeLessThanOrEqual(upTicks);
  });
});
