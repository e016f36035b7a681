import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../../../src/domain/policy.ts';
import type { RepairRequest } from '../../../src/domain/repair.ts';
import type { Attempt } from '../../../src/policy/past.ts';
import type { RailContext } from '../../../src/policy/rail.ts';
import { rateLimit } from '../../../src/policy/rails/rate-limit.ts';
import { afterSeconds, anAttempt, aPast, aRailContext, askedAgain } from '../../fakes/rail-context.ts';
import { afterNoon, aPolicy, aRequest, aRestart, aUnit } from '../../fakes/repairs.ts';

const HOUR = 3600;

function ask(limits: readonly RateLimit[], ...attempts: readonly Attempt[]) {
  return rateLimit.check(
    aRequest({ policy: aPolicy({ limits }) }),
    aRailContext({ past: aPast({ attempts }) }),
  );
}

/** When attempts began, if one was asked for after each of these gaps (ms); each refusal must end when it said. */
function begunAfter(gaps: readonly number[], request: RepairRequest): readonly number[] {
  const begun: number[] = [];
  let context = aRailContext();
  for (const gap of gaps) {
    const past = aPast({ attempts: begun.map((at) => anAttempt(at)) });
    context = afterSeconds({ ...context, past }, gap / 1000);
    const denial = rateLimit.check(request, context);
    if (denial === undefined) begun.push(context.steady);
    else expectToEnd(denial.retryAt, request, context);
  }
  return begun;
}

function expectToEnd(retryAt: Date | undefined, request: RepairRequest, context: RailContext): void {
  if (retryAt === undefined) throw new Error('a limit has an end');
  expect(retryAt.getTime()).toBeGreaterThan(context.now.getTime());
  expect(askedAgain(rateLimit, request, context, retryAt)).toBeUndefined();
}

describe('rate limit', () => {
  it('passes when there are fewer in the window', () => {
    expect(ask([{ count: 2, windowSeconds: HOUR }], anAttempt(-10))).toBeUndefined();
    expect(ask([], anAttempt(-10))).toBeUndefined();
  });

  it('counts attempts at units that would be restarted along', () => {
    const request = aRequest({
      policy: aPolicy({ limits: [{ count: 1, windowSeconds: HOUR }] }),
      step: aRestart({ also: ['db.service'] }),
    });
    const past = aPast({ attempts: [anAttempt(-10, { unit: 'app.service', also: ['db.service'] })] });
    const others = new Map([['db.service', aUnit({ id: 'db.service' })]]);
    expect(rateLimit.check(request, aRailContext({ past, others }))?.reason).toBe(
      '1 attempts at db.service within 3600 s, where 1 are allowed',
    );
  });

  it('refuses until the oldest leaves the window', () => {
    expect(ask([{ count: 2, windowSeconds: HOUR }], anAttempt(-3000), anAttempt(-10))).toEqual({
      reason: '2 attempts at a.service within 3600 s, where 2 are allowed',
      retryAt: afterNoon(600),
    });
  });

  it('counts an attempt until exactly the window has passed since it began', () => {
    const limits = [{ count: 1, windowSeconds: HOUR }];
    expect(ask(limits, anAttempt(-HOUR, { endedAt: -1 }))).toBeUndefined();
    expect(ask(limits, anAttempt(-HOUR + 0.001))?.retryAt).toEqual(afterNoon(0.001));
  });

  it('waits for more than one to leave after the limit was lowered', () => {
    const attempts = [anAttempt(-300), anAttempt(-200), anAttempt(-100)];
    expect(ask([{ count: 2, windowSeconds: HOUR }], ...attempts)?.retryAt).toEqual(afterNoon(HOUR - 200));
  });

  it('asks all limits, tells each that is full, and waits for the last', () => {
    const limits = [
      { count: 1, windowSeconds: HOUR },
      { count: 2, windowSeconds: 24 * HOUR },
      { count: 9, windowSeconds: 48 * HOUR },
    ];
    expect(ask(limits, anAttempt(-2 * HOUR), anAttempt(-60))).toEqual({
      reason:
        '1 attempts at a.service within 3600 s, where 1 are allowed; 2 attempts at a.service within 86400 s, where 2 are allowed',
      retryAt: afterNoon(22 * HOUR),
    });
  });

  it('counts an attempt under way however long ago it began', () => {
    const denial = ask([{ count: 1, windowSeconds: 60 }], anAttempt(-HOUR, { endedAt: undefined }));
    expect(denial?.retryAt).toEqual(afterNoon(60));
  });

  it('allows nothing, for good, where none is allowed', () => {
    expect(ask([{ count: 0, windowSeconds: 60 }])).toEqual({
      reason: '0 attempts at a.service within 60 s, where 0 are allowed',
    });
  });

  it('is about the unit behind the name, and further steps of a ladder, too', () => {
    const policy = aPolicy({ limits: [{ count: 1, windowSeconds: HOUR }] });
    const past = aPast({ attempts: [anAttempt(-9, { unit: 'real.service' })] });
    const request = aRequest({ policy, stepIndex: 2 });
    const unit = aUnit({ id: 'real.service' });
    expect(rateLimit.check(request, aRailContext({ past, unit }))).toBeDefined();
    expect(rateLimit.check(request, aRailContext({ past }))).toBeUndefined();
  });

  it('never lets more begin in any stretch of time than are allowed, and ends when it said', () => {
    const limit = fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      windowSeconds: fc.integer({ min: 1, max: 60 }),
    });
    const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(limit, { minLength: 1, maxLength: 3 }), gaps, (limits, steps) => {
        const request = aRequest({ policy: aPolicy({ limits }) });
        const begun = begunAfter(steps, request);
        for (const { count, windowSeconds } of limits) {
          for (const from of begun) {
            const within = begun.filter((at) => at >= from && at - from < windowSeconds - 1e-6);
            expect(within.length).toBeLessThanOrEqual(count);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
