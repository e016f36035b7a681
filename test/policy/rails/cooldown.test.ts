import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cooldown } from '../../../src/domain/policy.ts';
import type { Attempt } from '../../../src/policy/past.ts';
import { cooldown, cooldownSeconds, runLength } from '../../../src/policy/rails/cooldown.ts';
import { afterSeconds, anAttempt, aPast, aRailContext, askedAgain } from '../../fakes/rail-context.ts';
import { aRequest, aRestart, aUnit } from '../../fakes/repairs.ts';

const RULE: Cooldown = { baseSeconds: 60, factor: 2, maxSeconds: 600, resetAfterSeconds: 3600 };

/** Attempts of 1 s each that began at these times. */
const attempts = (...starts: readonly number[]) => starts.map((start) => anAttempt(start));

const contextOf = (past: readonly Attempt[]) => aRailContext({ past: aPast({ attempts: past }) });

describe('attempts in a row', () => {
  it.each([
    ['one', [0], 1],
    ['two in a row', [0, 100], 2],
    ['three in a row', [0, 100, 300], 3],
    ['a new run after a long pause', [0, 100, 100 + 3601], 1],
    ['not yet a new run', [0, 3600], 2],
  ])('%s', (_what, starts, length) => {
    expect(runLength(RULE, attempts(...starts))).toBe(length);
  });
});

describe('the length of a cooldown', () => {
  it.each([
    [1, 60],
    [2, 120],
    [4, 480],
    [5, 600],
    [50, 600],
    [5000, 600],
  ])('after %i in a row is %i s and up to a tenth more', (run, seconds) => {
    for (const unit of ['a.service', 'b.service', 'c.service']) {
      const wait = cooldownSeconds(RULE, run, unit);
      expect(wait).toBeGreaterThanOrEqual(seconds);
      expect(wait).toBeLessThanOrEqual(seconds * 1.1);
    }
  });

  it('is not the same for all units, and always the same for one', () => {
    const units = Array.from({ length: 50 }, (_, n) => `worker@${n}.service`);
    const waits = units.map((unit) => cooldownSeconds(RULE, 1, unit));
    expect(new Set(waits).size).toBe(50);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(4);
    expect(units.map((unit) => cooldownSeconds(RULE, 1, unit))).toEqual(waits);
  });

  it('is nothing where the policy wants none', () => {
    expect(cooldownSeconds({ ...RULE, baseSeconds: 0, factor: 1e300 }, 1000, 'a.service')).toBe(0);
  });

  it('is never shorter than the one before without its jitter, and within a tenth of its bounds', () => {
    const rule = fc
      .record({
        baseSeconds: fc.integer({ min: 1, max: 1000 }),
        factor: fc.double({ min: 1, max: 10, noNaN: true }),
        more: fc.integer({ min: 0, max: 10_000 }),
      })
      .map(({ baseSeconds, factor, more }) => ({
        baseSeconds,
        factor,
        maxSeconds: baseSeconds + more,
        resetAfterSeconds: 1,
      }));
    fc.assert(
      fc.property(rule, fc.integer({ min: 1, max: 300 }), fc.string(), (some, run, unit) => {
        const wait = cooldownSeconds(some, run, unit);
        expect(wait).toBeGreaterThanOrEqual(some.baseSeconds);
        expect(wait).toBeLessThanOrEqual(some.maxSeconds * 1.1);
        expect(cooldownSeconds(some, run + 1, unit) * 1.1).toBeGreaterThanOrEqual(wait);
      }),
    );
  });
});

describe('cooldown', () => {
  it('passes a unit that was never repaired', () => {
    expect(cooldown.check(aRequest(), aRailContext())).toBeUndefined();
  });

  it('is also one of units that would be restarted along, and of units that were', () => {
    const step = aRestart({ also: ['db.service'] });
    const others = new Map([['db.service', aUnit({ id: 'postgres.service' })]]);
    const ofDb = aPast({ attempts: [anAttempt(-10, { unit: 'postgres.service' })] });
    expect(cooldown.check(aRequest({ step }), aRailContext({ past: ofDb, others }))?.reason).toMatch(
      /^attempt 1 at postgres.service in a row/,
    );
    expect(cooldown.check(aRequest(), aRailContext({ past: ofDb, others }))).toBeUndefined();
    const along = aPast({ attempts: [anAttempt(-10, { unit: 'app.service', also: ['a.service'] })] });
    expect(cooldown.check(aRequest(), aRailContext({ past: along }))).toBeDefined();
    const later = aRequest({ step, stepIndex: 1 });
    expect(cooldown.check(later, aRailContext({ past: ofDb, others }))).toBeDefined();
    const own = aPast({
      attempts: [anAttempt(-10, { id: later.id, unit: 'a.service', also: ['postgres.service'] })],
    });
    expect(cooldown.check(later, aRailContext({ past: own, others }))).toBeUndefined();
    const resting = new Map([['db.service', aUnit({ id: 'postgres.service', activeState: 'inactive' })]]);
    expect(cooldown.check(aRequest({ step }), aRailContext({ past: ofDb, others: resting }))).toBeUndefined();
  });

  it('refuses a second restart inside the cooldown and says until when', () => {
    const denial = cooldown.check(aRequest(), contextOf(attempts(-10)));
    expect(denial?.reason).toMatch(
      /^attempt 1 at a.service in a row; left alone until 2026-11-21T12:00:5\d\.\d+Z$/,
    );
    expect(denial?.reason).toContain(denial?.retryAt?.toISOString());
  });

  it('counts from the end of the attempt', () => {
    const long = anAttempt(-1000, { endedAt: -10 });
    expect(cooldown.check(aRequest(), contextOf([long]))).toBeDefined();
    expect(cooldown.check(aRequest(), contextOf([{ ...long, endedAt: -67 }]))).toBeUndefined();
  });

  it('lets further steps of a ladder wait as their policy says', () => {
    expect(cooldown.check(aRequest({ stepIndex: 1 }), contextOf(attempts(-10)))).toBeUndefined();
  });

  it('is about the unit behind the name, so that an alias does not get around it', () => {
    const past = aPast({ attempts: [anAttempt(-1, { unit: 'real.service' })] });
    const ask = (id: string) => cooldown.check(aRequest(), aRailContext({ past, unit: aUnit({ id }) }));
    expect(ask('real.service')).toBeDefined();
    expect(ask('other.service')).toBeUndefined();
  });

  it('never lets two attempts in a row begin closer than the base, and ends when it said', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(gaps, (steps) => {
        const past: Attempt[] = [];
        let context = aRailContext();
        for (const gap of steps) {
          context = afterSeconds({ ...context, past: aPast({ attempts: past }) }, gap / 1000);
          const denial = cooldown.check(aRequest(), context);
          if (denial === undefined) past.push(anAttempt(context.steady));
          else {
            if (denial.retryAt === undefined) throw new Error('a cooldown has an end');
            expect(denial.retryAt.getTime()).toBeGreaterThan(context.now.getTime());
            expect(askedAgain(cooldown, aRequest(), context, denial.retryAt)).toBeUndefined();
          }
        }
        past.forEach(({ startedAt }, index) => {
          const before = past[index - 1]?.endedAt;
          if (before !== undefined) expect(startedAt - before).toBeGreaterThanOrEqual(RULE.baseSeconds);
        });
      }),
    );
  });
});
