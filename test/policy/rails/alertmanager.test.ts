import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertState, Circumstances } from '../../../src/domain/circumstances.ts';
import { alertmanager } from '../../../src/policy/rails/alertmanager.ts';
import { aRailContext } from '../../fakes/rail-context.ts';
import { afterNoon, aRequest } from '../../fakes/repairs.ts';

const ACTIVE: AlertState = { state: 'active', silencedBy: [], inhibitedBy: [] };

const ask = (alert: Circumstances['alert']) =>
  alertmanager.check(aRequest(), aRailContext({ circumstances: { alert } }));

describe('alertmanager', () => {
  it('has nothing to say when nobody is asked', () => {
    expect(ask(undefined)).toBeUndefined();
  });

  it('passes an alert that fires', () => {
    expect(ask({ known: true, value: ACTIVE })).toBeUndefined();
  });

  it.each<[Partial<AlertState>, string]>([
    [{ state: 'suppressed', silencedBy: ['s1', 's2'] }, 'silenced in Alertmanager by s1, s2'],
    [{ state: 'suppressed', inhibitedBy: ['f9'] }, 'inhibited in Alertmanager by f9'],
    [{ silencedBy: ['s1'] }, 'silenced in Alertmanager by s1'],
    [{ state: 'suppressed' }, 'suppressed in Alertmanager, which does not say by what'],
    [{ state: 'unprocessed' }, 'Alertmanager has not looked yet whether the alert is silenced or inhibited'],
    [{ state: 'gone' }, 'Alertmanager knows no such alert that fires'],
  ])('refuses %j and looks again', (changes, reason) => {
    expect(ask({ known: true, value: { ...ACTIVE, ...changes } })).toEqual({
      reason,
      retryAt: afterNoon(60),
    });
  });

  it('refuses when it cannot be asked', () => {
    expect(ask({ known: false, why: 'connection refused' })?.reason).toBe(
      'what Alertmanager says of the alert is not known: connection refused',
    );
  });

  it('passes only what is active and neither silenced nor inhibited', () => {
    const ids = fc.array(fc.string(), { maxLength: 2 });
    const states = fc.constantFrom('active', 'suppressed', 'unprocessed', 'gone' as const);
    fc.assert(
      fc.property(states, ids, ids, (state, silencedBy, inhibitedBy) => {
        const passes = ask({ known: true, value: { state, silencedBy, inhibitedBy } }) === undefined;
        expect(passes).toBe(state === 'active' && silencedBy.length === 0 && inhibitedBy.length === 0);
      }),
    );
  });
});
