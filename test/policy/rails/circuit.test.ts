import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/policy/past.ts';
import { circuit } from '../../../src/policy/rails/circuit.ts';
import { anAttempt, aPast, aRailContext, askedAgain } from '../../fakes/rail-context.ts';
import { afterNoon, aRequest, aUnit } from '../../fakes/repairs.ts';

const opened = (tryAt: number, unit = 'a.service', policy = 'p') =>
  aPast({ circuits: [{ policy, unit, openedAt: tryAt - 100, tryAt }] });

describe('circuit', () => {
  it('passes when it is closed, or open for another policy or unit', () => {
    expect(circuit.check(aRequest(), aRailContext())).toBeUndefined();
    expect(circuit.check(aRequest(), aRailContext({ past: opened(9, 'b.service') }))).toBeUndefined();
    expect(circuit.check(aRequest(), aRailContext({ past: opened(9, 'a.service', 'q') }))).toBeUndefined();
  });

  it('refuses while it is open and says until when', () => {
    expect(circuit.check(aRequest(), aRailContext({ past: opened(60) }))).toEqual({
      reason: 'policy p has given a.service up until 2026-11-21T12:01:00.000Z',
      retryAt: afterNoon(60),
    });
  });

  it('gives the first step one try after that, and no other', () => {
    const context = aRailContext({ past: opened(0) });
    expect(circuit.check(aRequest(), context)).toBeUndefined();
    expect(circuit.check(aRequest({ stepIndex: 1 }), context)).toEqual({
      reason: 'policy p has given a.service up; only its first step is tried again',
    });
  });

  it('is about the unit behind the name', () => {
    const unit = aUnit({ id: 'real.service' });
    expect(circuit.check(aRequest(), aRailContext({ unit, past: opened(9, 'real.service') }))).toBeDefined();
    expect(circuit.check(aRequest(), aRailContext({ unit: undefined, past: opened(9) }))).toBeDefined();
  });

  it('is open until exactly its time', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000, max: 10_000 }), fc.nat(3), (ms, stepIndex) => {
        const context = aRailContext({ past: opened(ms / 1000) });
        const request = aRequest({ stepIndex });
        const denial = circuit.check(request, context);
        expect(denial === undefined).toBe(ms <= 0 && stepIndex === 0);
        if (denial?.retryAt === undefined) return;
        expect(denial.retryAt).toEqual(afterNoon(ms / 1000));
        expect(askedAgain(circuit, request, context, denial.retryAt)).toBeUndefined();
      }),
    );
  });

  it('allows one try, not one for each alert', () => {
    const ask = (startedAt: number, id: string, changes: Partial<Attempt> = {}) =>
      circuit.check(
        aRequest(),
        aRailContext({
          steady: 100,
          past: aPast({
            circuits: [{ policy: 'p', unit: 'a.service', openedAt: 0, tryAt: 50 }],
            attempts: [anAttempt(startedAt, { id, endedAt: undefined, ...changes })],
          }),
        }),
      );
    expect(ask(60, 'another')?.reason).toContain('the one try is made already');
    expect(ask(60, 'i1')).toBeUndefined();
    expect(ask(40, 'another')).toBeUndefined();
    // It was taken along by a step for another unit.
    expect(ask(60, 'another', { unit: 'app.service', also: ['a.service'] })).toBeUndefined();
  });
});
