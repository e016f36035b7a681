import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostBudget } from '../../../src/domain/policy.ts';
import type { Attempt } from '../../../src/policy/past.ts';
import { hostBudget } from '../../../src/policy/rails/host-budget.ts';
import { anAttempt, aPast, aRailContext, askedAgain } from '../../fakes/rail-context.ts';
import { afterNoon, aRequest } from '../../fakes/repairs.ts';

const BUDGET: HostBudget = { concurrent: 1, limits: [{ count: 2, windowSeconds: 3600 }] };

const contextOf = (attempts: readonly Attempt[], budget = BUDGET) =>
  aRailContext({ past: aPast({ attempts }), settings: { budget } });
const ask = (...from: Parameters<typeof contextOf>) => hostBudget.check(aRequest(), contextOf(...from));

const other = (startedAt: number, changes: Partial<Attempt> = {}) =>
  anAttempt(startedAt, { unit: 'b.service', ...changes });

describe('host budget', () => {
  it('passes while nothing is under way and there is room', () => {
    expect(ask([])).toBeUndefined();
    expect(ask([other(-10), other(-3601), other(-9999)])).toBeUndefined();
  });

  it('refuses while as many are under way as may be, whichever units they are about', () => {
    const budget = { concurrent: 2, limits: [] };
    expect(ask([other(-10, { endedAt: undefined })], budget)).toBeUndefined();
    const two = [other(-10, { endedAt: undefined }), anAttempt(-5, { endedAt: undefined })];
    expect(ask(two, budget)).toEqual({
      reason: '2 attempts on this machine are under way (b.service, a.service), where 2 are allowed',
      retryAt: afterNoon(60),
    });
  });

  it('refuses until the oldest of any unit leaves the window', () => {
    expect(ask([other(-3000), anAttempt(-10)])).toEqual({
      reason: '2 attempts at units of this machine within 3600 s, where 2 are allowed',
      retryAt: afterNoon(600),
    });
  });

  it('counts in a window what has been under way for longer', () => {
    const budget = { concurrent: 9, limits: [{ count: 1, windowSeconds: 60 }] };
    expect(ask([other(-600, { endedAt: undefined })], budget)?.retryAt).toEqual(afterNoon(60));
  });

  it('counts what is under way once', () => {
    const budget = { concurrent: 9, limits: [{ count: 2, windowSeconds: 60 }] };
    expect(ask([other(-6, { endedAt: undefined })], budget)).toBeUndefined();
  });

  it('passes exactly when there is room in all windows and at the moment', () => {
    const attempt = fc
      .record({ at: fc.integer({ min: -100, max: -1 }), isOver: fc.boolean() })
      .map(({ at, isOver }) => other(at, { endedAt: isOver ? at + 1 : undefined }));
    const limit = fc.record({
      count: fc.integer({ min: 1, max: 6 }),
      windowSeconds: fc.integer({ min: 1, max: 120 }),
    });
    const budget = fc.record({
      concurrent: fc.integer({ min: 1, max: 6 }),
      limits: fc.array(limit, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 8 }), budget, (attempts, some) => {
        const denial = ask(attempts, some);
        const running = attempts.filter(({ endedAt }) => endedAt === undefined);
        const roomy = some.limits.every(({ count, windowSeconds }) => {
          const counted = attempts.filter((one) => one.startedAt > -windowSeconds || running.includes(one));
          return counted.length + 1 <= count;
        });
        expect(denial === undefined).toBe(running.length + 1 <= some.concurrent && roomy);
        if (running.length > 0 || denial?.retryAt === undefined) return;
        expect(askedAgain(hostBudget, aRequest(), contextOf(attempts, some), denial.retryAt)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});
