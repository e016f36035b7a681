import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowList } from '../../../src/policy/rails/allow-list.ts';
import { aRailContext } from '../../fakes/rail-context.ts';
import { aPolicy, aRequest, unitRef } from '../../fakes/repairs.ts';

describe('allow list', () => {
  it('passes a unit that the policy names', () => {
    expect(allowList.check(aRequest(), aRailContext())).toBeUndefined();
  });

  it.each([['b.service'], ['a.service '], ['A.service'], ['']])('refuses %j', (name) => {
    const denial = allowList.check(aRequest({ unit: unitRef(name) }), aRailContext());
    expect(denial?.reason).toContain('not in the allow list of policy p');
  });

  it('allows nothing when it is empty', () => {
    expect(allowList.check(aRequest({ policy: aPolicy({ allow: [] }) }), aRailContext())).toBeDefined();
  });

  it('passes exactly what it names', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (allow, other) => {
        for (const name of [...allow, other]) {
          const request = aRequest({ policy: aPolicy({ allow }), unit: unitRef(name) });
          expect(allowList.check(request, aRailContext()) === undefined).toBe(allow.indexOf(name) >= 0);
        }
      }),
    );
  });
});
