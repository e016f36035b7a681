import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { secondsBetween } from '../../src/domain/moment.ts';
import { createMoment } from '../../src/host/uptime.ts';

describe.runIf(process.platform === 'linux')('a moment on Linux', () => {
  it('names this start of the machine, and the time since then', () => {
    const before = Number.parseFloat(readFileSync('/proc/uptime', 'latin1'));
    const { wall, boot, upSeconds } = createMoment()();
    const after = Number.parseFloat(readFileSync('/proc/uptime', 'latin1'));
    expect(boot).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
    expect(upSeconds).toBeGreaterThanOrEqual(before);
    expect(upSeconds).toBeLessThanOrEqual(after);
    expect(Math.abs(wall.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('is of the same start for every fettle', () => {
    expect(secondsBetween(createMoment()(), createMoment()())).toBeGreaterThanOrEqual(0);
    expect(createMoment()().boot).toBe(createMoment()().boot);
  });
});

describe('a moment elsewhere', () => {
  it('names this fettle, whose time goes on', () => {
    const moment = createMoment('darwin');
    const [first, second] = [moment(), moment()];
    expect(first.boot).toMatch(/^process-/);
    expect(second.boot).toBe(first.boot);
    expect(second.upSeconds).toBeGreaterThan(first.upSeconds);
    expect(createMoment('darwin')().boot).not.toBe(first.boot);
  });
});
