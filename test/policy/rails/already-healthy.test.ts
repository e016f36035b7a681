import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Circumstances } from '../../../src/domain/circumstances.ts';
import type { Step } from '../../../src/domain/step.ts';
import { ACTIVE_STATES, type ActiveState } from '../../../src/domain/unit.ts';
import { alreadyHealthy } from '../../../src/policy/rails/already-healthy.ts';
import { aRailContext, aRun, STEP_OF } from '../../fakes/rail-context.ts';
import { afterNoon, aRequest, aRestart, aUnit } from '../../fakes/repairs.ts';

function ask(
  activeState: ActiveState,
  step: Step = aRestart(),
  probeSuccess?: Circumstances['probeSuccess'],
) {
  const unit = aUnit({ activeState, subState: 'running' });
  return alreadyHealthy.check(aRequest({ step }), aRailContext({ unit, circumstances: { probeSuccess } }));
}

const PROBES: readonly Circumstances['probeSuccess'][] = [
  undefined,
  { known: true, value: true },
  { known: true, value: false },
  { known: false, why: 'timeout' },
];

describe('already healthy', () => {
  it.each([['active'], ['reloading'], ['refreshing']] as const)('refuses a unit that is %s', (state) => {
    expect(ask(state)).toEqual({ reason: `a.service is ${state} (running) now`, retryAt: afterNoon(60) });
  });

  it.each([['failed'], ['inactive'], ['activating'], ['deactivating'], ['maintenance']] as const)(
    'passes a unit that is %s',
    (state) => {
      for (const step of [aRestart(), STEP_OF.start, STEP_OF.run]) expect(ask(state, step)).toBeUndefined();
    },
  );

  it('restarts one that is active if the policy says so', () => {
    expect(ask('active', aRestart({ evenIfActive: true }), { known: true, value: true })).toBeUndefined();
  });

  it('asks the probe, too, if there is one', () => {
    expect(ask('active', aRestart(), { known: true, value: false })).toBeUndefined();
    expect(ask('active', aRestart(), { known: true, value: true })?.reason).toBe(
      'a.service is active (running) now, and its probe succeeds',
    );
    expect(ask('active', aRestart(), { known: false, why: 'timeout' })?.reason).toBe(
      'a.service is active (running) now, and whether its probe succeeds is not known: timeout',
    );
  });

  it.each([
    ['throttle', 'active', true],
    ['throttle', 'activating', true],
    ['throttle', 'failed', false],
    ['stop', 'activating', true],
    ['stop', 'inactive', false],
    ['stop', 'deactivating', false],
    ['reload', 'active', true],
    ['reload', 'activating', false],
    ['reset_failed', 'failed', true],
    ['reset_failed', 'inactive', false],
    ['reset_failed', 'active', false],
  ] as const)('lets %s at a unit that is %s: %s', (action, state, passes) => {
    const denial = ask(state, STEP_OF[action]);
    expect(denial === undefined).toBe(passes);
    if (!passes) expect(denial?.reason).toMatch(/: there is nothing to (throttle|stop|reload|reset)$/);
  });

  it('has nothing against what is not done to the unit', () => {
    for (const state of ACTIVE_STATES) {
      for (const step of [STEP_OF.notify, STEP_OF.power_mode, aRun(undefined)]) {
        expect(ask(state, step)).toBeUndefined();
      }
    }
  });

  it('says nothing of a unit that is not there', () => {
    expect(alreadyHealthy.check(aRequest(), aRailContext({ unit: undefined }))).toBeUndefined();
  });

  it('lets a unit be brought up only if it is down or its probe fails', () => {
    const steps = fc.constantFrom<Step>(aRestart(), STEP_OF.start, aRun('start'), aRun('restart'));
    fc.assert(
      fc.property(
        fc.constantFrom(...ACTIVE_STATES),
        steps,
        fc.constantFrom(...PROBES),
        (state, step, probe) => {
          if (ask(state, step, probe) !== undefined) return;
          const probeFails = probe?.known === true && !probe.value;
          expect(probeFails || !['active', 'reloading', 'refreshing'].includes(state)).toBe(true);
        },
      ),
    );
  });
});
