import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/domain/step.ts';
import { underWay } from '../../../src/policy/rails/under-way.ts';
import { anAttempt, aPast, aRailContext, STEP_OF } from '../../fakes/rail-context.ts';
import { afterNoon, aRequest, aRestart, aUnit } from '../../fakes/repairs.ts';

function ask(unit: string, endedAt: number | undefined, request = aRequest()) {
  const past = aPast({ attempts: [anAttempt(-10, { unit, endedAt, policy: 'other' })] });
  const others = new Map([['db.service', aUnit({ id: 'postgres.service' })]]);
  return underWay.check(request, aRailContext({ past, others }));
}

describe('a step under way', () => {
  it('keeps others away from its unit, in the middle of their ladder, too', () => {
    const denial = { reason: 'step 1 of policy other is under way at a.service', retryAt: afterNoon(60) };
    expect(ask('a.service', undefined)).toEqual(denial);
    expect(ask('a.service', undefined, aRequest({ stepIndex: 2 }))).toEqual(denial);
  });

  it('keeps them away from units that they would touch as well, under all names', () => {
    const request = aRequest({ step: aRestart({ also: ['db.service'] }) });
    expect(ask('db.service', undefined, request)).toBeDefined();
    expect(ask('postgres.service', undefined, request)).toBeDefined();
  });

  it('keeps them away from units that it has taken along', () => {
    const attempt = anAttempt(-10, { unit: 'app.service', also: ['a.service'], endedAt: undefined });
    expect(underWay.check(aRequest(), aRailContext({ past: aPast({ attempts: [attempt] }) }))?.reason).toBe(
      'step 1 of policy p is under way at app.service, a.service',
    );
  });

  it('keeps them away from a oneshot unit that somebody runs', () => {
    const others = new Map([['slow.service', aUnit({ id: 'slow.service', activeState: 'activating' })]]);
    const ask = (step: Step) => underWay.check(aRequest({ step }), aRailContext({ others }));
    expect(ask(STEP_OF.power_mode)).toEqual({ reason: 'slow.service is running', retryAt: afterNoon(60) });
    expect(ask(aRestart({ also: ['slow.service'] }))).toBeUndefined();
  });

  it('leaves others alone, and lets everybody in once it has ended', () => {
    expect(ask('b.service', undefined)).toBeUndefined();
    expect(ask('a.service', -5)).toBeUndefined();
  });
});
