import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstWaitMs, nextDueMs } from '../../../src/sources/probe/schedule.ts';

const timing = { intervalMs: 30_000, timeoutMs: 5000 };

describe('the first question of a probe', () => {
  it('comes within the interval, and within ten seconds', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1000, max: 100_000 }), (name, intervalMs) => {
        const wait = firstWaitMs(name, { ...timing, intervalMs });
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThan(Math.min(intervalMs, 10_000));
        expect(firstWaitMs(name, { ...timing, intervalMs })).toBe(wait);
      }),
    );
  });

  it('is spread evenly, also for names that differ in their last letters only', () => {
    const counts = new Map<number, number>();
    for (let index = 0; index < 200; index += 1) {
      const second = Math.floor(firstWaitMs(`comfyui-${index}`, timing) / 1000);
      counts.set(second, (counts.get(second) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    expect(Math.max(...counts.values())).toBeLessThan(40);
  });
});

describe('the next question of a probe', () => {
  it('comes an interval after the last one was due, give or take a twentieth, and never in the past', () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), chance, (due, late, random) => {
        const now = due + late;
        const next = nextDueMs(due, now, timing, random);
        expect(next).toBeGreaterThanOrEqual(now);
        if (late < 28_500) expect(Math.abs(next - due - 30_000)).toBeLessThanOrEqual(1500);
      }),
    );
  });
});
