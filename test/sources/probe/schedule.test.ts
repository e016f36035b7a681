import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDueMs, nextDueMs } from '../../../src/sources/probe/schedule.ts';

/** Questions that are due at about the same time are asked at the same time. */
const LONGEST_STEP_MS = 250;

const timing = { intervalMs: 30_000, timeoutMs: 5000 };

describe('the first question of a probe', () => {
  it('comes within the interval, and within ten seconds', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(1e6),
        fc.integer({ min: 1000, max: 100_000 }),
        (name, now, intervalMs) => {
          const due = firstDueMs(name, now, { ...timing, intervalMs });
          expect(due).toBeGreaterThanOrEqual(now);
          expect(due - now).toBeLessThan(Math.min(intervalMs, 10_000) + LONGEST_STEP_MS);
          expect(firstDueMs(name, now, { ...timing, intervalMs })).toBe(due);
        },
      ),
    );
  });

  it('is spread evenly, also for names that differ in their last letters only', () => {
    const counts = new Map<number, number>();
    for (let index = 0; index < 200; index += 1) {
      const second = Math.min(9, Math.floor(firstDueMs(`comfyui-${index}`, 0, timing) / 1000));
      counts.set(second, (counts.get(second) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    expect(Math.max(...counts.values())).toBeLessThan(40);
  });
});

describe('the next question of a probe', () => {
  it('comes together with those of others, in steps that are short beside the interval', () => {
    const interval = fc.integer({ min: 1000, max: 100_000 });
    fc.assert(
      fc.property(
        fc.nat(1e6),
        interval,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (due, intervalMs, random) => {
          const stepMs = Math.min(LONGEST_STEP_MS, intervalMs / 20);
          const steps = nextDueMs(due, due, { ...timing, intervalMs }, random) / stepMs;
          expect(steps).toBeCloseTo(Math.round(steps));
        },
      ),
    );
  });

  it('comes an interval after the last one was due, give or take a twentieth, and never in the past', () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), chance, (due, late, random) => {
        const now = due + late;
        const next = nextDueMs(due, now, timing, random);
        expect(next).toBeGreaterThanOrEqual(now);
        if (late < 28_500)
          expect(Math.abs(next - due - 30_000)).toBeLessThanOrEqual(1500 + LONGEST_STEP_MS / 2);
      }),
    );
  });
});
