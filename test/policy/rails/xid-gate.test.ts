import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockingXid, Circumstances } from '../../../src/domain/circumstances.ts';
import { ACTIONS } from '../../../src/domain/step.ts';
import { xidGate } from '../../../src/policy/rails/xid-gate.ts';
import { aRailContext, STEP_OF } from '../../fakes/rail-context.ts';
import { afterNoon, aRequest } from '../../fakes/repairs.ts';

const FALLEN: BlockingXid = { pciAddress: '0000:01:00.0', code: 79, asks: 'reboot' };
const STARTERS = ['restart', 'start', 'run', 'power_mode'];

function ask(
  blockingXids: Circumstances['blockingXids'],
  action: (typeof ACTIONS)[number] = 'restart',
  xid = true,
) {
  const settings = { gates: { xid, maxCelsius: undefined } };
  const request = aRequest({ step: STEP_OF[action] });
  return xidGate.check(request, aRailContext({ settings, circumstances: { blockingXids } }));
}

describe('the Xid gate', () => {
  it('passes when no GPU asks for anything', () => {
    expect(ask({ known: true, value: [] })).toBeUndefined();
  });

  it('hands over to a person, and says which GPU and why', () => {
    const broken: BlockingXid = { pciAddress: '0000:02:00.0', code: 95, asks: 'reset' };
    expect(ask({ known: true, value: [FALLEN, broken] })).toEqual({
      reason:
        'GPU 0000:01:00.0 has reported Xid 79, which asks for a reboot; GPU 0000:02:00.0 has reported Xid 95, which asks for a reset: a start cannot help; hand over to a person',
      retryAt: afterNoon(60),
    });
  });

  it('refuses when it is not known, and looks again', () => {
    expect(ask({ known: false, why: 'no kernel log' })).toEqual({
      reason: 'whether a GPU asks for a reset is not known: no kernel log',
      retryAt: afterNoon(60),
    });
  });

  it('stands only before what starts something, and only if it is wanted', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ACTIONS), fc.boolean(), fc.boolean(), (action, on, known) => {
        const denial = ask(known ? { known, value: [FALLEN] } : { known, why: '' }, action, on);
        expect(denial !== undefined).toBe(on && STARTERS.includes(action));
      }),
    );
  });
});
