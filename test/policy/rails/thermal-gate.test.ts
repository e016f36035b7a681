import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Circumstances } from '../../../src/domain/circumstances.ts';
import { ACTIONS } from '../../../src/domain/step.ts';
import { thermalGate } from '../../../src/policy/rails/thermal-gate.ts';
import { aRailContext, STEP_OF } from '../../fakes/rail-context.ts';
import { afterNoon, aRequest } from '../../fakes/repairs.ts';

function ask(
  hottestCelsius: Circumstances['hottestCelsius'],
  action: (typeof ACTIONS)[number] = 'restart',
  maxCelsius: number | undefined = 90,
) {
  const settings = { gates: { xid: true, maxCelsius } };
  const request = aRequest({ step: STEP_OF[action] });
  return thermalGate.check(request, aRailContext({ settings, circumstances: { hottestCelsius } }));
}

describe('the thermal gate', () => {
  it.each([[undefined], [20], [90]])('passes a machine of %s °C', (value) => {
    expect(ask({ known: true, value })).toBeUndefined();
  });

  it('refuses a start on a machine that is too hot, and looks again', () => {
    expect(ask({ known: true, value: 90.5 })).toEqual({
      reason: 'the hottest GPU or zone has 90.5 °C, where 90 °C are allowed',
      retryAt: afterNoon(60),
    });
  });

  it('refuses when it is not known', () => {
    expect(ask({ known: false, why: 'the driver hangs' })?.reason).toBe(
      'how hot the machine is is not known: the driver hangs',
    );
  });

  it('stands open where no temperature is named', () => {
    const settings = { gates: { xid: true, maxCelsius: undefined } };
    const hottestCelsius = { known: false, why: '' } as const;
    const context = aRailContext({ settings, circumstances: { hottestCelsius } });
    expect(thermalGate.check(aRequest(), context)).toBeUndefined();
  });

  it('stands before what heats, not before what cools', () => {
    const celsius = fc.double({ min: 0, max: 200, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...ACTIONS), celsius, celsius, (action, hottest, max) => {
        const denial = ask({ known: true, value: hottest }, action, max);
        expect(denial !== undefined).toBe(hottest > max && ['restart', 'start', 'run'].includes(action));
      }),
    );
  });
});
