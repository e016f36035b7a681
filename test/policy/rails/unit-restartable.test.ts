import { describe, expect, it } from 'vitest';
import { unitRestartable } from '../../../src/policy/rails/unit-restartable.ts';
import { aRailContext, aRequest, aUnit, unitRef } from '../../fakes/repairs.ts';

describe('unit restartable', () => {
  it('passes a loaded unit that may be started', () => {
    expect(unitRestartable.check(aRequest(), aRailContext())).toBeUndefined();
  });

  it.each([
    ['is masked', aUnit({ loadState: 'masked' }), 'its load state is masked'],
    ['is broken', aUnit({ loadState: 'bad-setting' }), 'its load state is bad-setting'],
    ['does not exist', aUnit({ loadState: 'not-found' }), 'does not exist'],
    ['refuses manual starts', aUnit({ canStart: false }), 'refuses to be started by hand'],
    ['refuses manual stops', aUnit({ canStop: false }), 'refuses to be stopped by hand'],
    ['is unknown', undefined, 'the service manager has no unit a.service'],
  ])('refuses a unit that %s', (_what, unit, reason) => {
    expect(unitRestartable.check(aRequest(), aRailContext({ unit }))?.reason).toContain(reason);
  });

  it.each([
    ['../../x.service'],
    ['a b.service'],
    ['a'],
    [''],
    [`${'x'.repeat(300)}.service`],
    ['a\n.service'],
  ])('refuses %j, which is no unit name, whatever the manager says', (name) => {
    const denial = unitRestartable.check(aRequest({ unit: unitRef(name) }), aRailContext());
    expect(denial?.reason).toContain('is not a unit name');
  });

  it('says nothing of a unit that the policy does not allow, since nobody has looked at it', () => {
    const request = aRequest({ unit: unitRef('other.service') });
    expect(unitRestartable.check(request, aRailContext({ unit: undefined }))).toBeUndefined();
  });
});
