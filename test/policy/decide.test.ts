import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import type { Rail } from '../../src/policy/rail.ts';
import { aRailContext } from '../fakes/rail-context.ts';
import { aPolicy, aRequest } from '../fakes/repairs.ts';

const CONTEXT = aRailContext();

const PASS: Rail = { name: 'pass', check: () => undefined };
const DENY: Rail = { name: 'deny', check: () => ({ reason: 'no' }) };
const THROW: Rail = {
  name: 'throw',
  check() {
    throw new Error('broken');
  },
};

describe('decide', () => {
  it('runs a request that no rail objects to when its policy enforces', () => {
    expect(decide(aRequest(), CONTEXT, [PASS]).kind).toBe('run');
  });

  it('rehearses it when its policy is in dry run', () => {
    const request = aRequest({ policy: aPolicy({ mode: 'dry-run' }) });
    expect(decide(request, CONTEXT, [PASS]).kind).toBe('rehearse');
  });

  it('asks every rail and tells every reason', () => {
    const decision = decide(aRequest(), CONTEXT, [DENY, PASS, { ...DENY, name: 'another' }]);
    expect(decision).toMatchObject({
      kind: 'refuse',
      denials: [
        { rail: 'deny', reason: 'no' },
        { rail: 'another', reason: 'no' },
      ],
    });
  });

  it('takes a rail that throws for a refusal and asks the others', () => {
    const decision = decide(aRequest(), CONTEXT, [THROW, DENY]);
    expect(decision).toMatchObject({
      kind: 'refuse',
      denials: [{ rail: 'throw', reason: 'the rail itself failed: broken' }, { rail: 'deny' }],
    });
  });

  it('refuses in dry run what it would refuse when enforcing', () => {
    const request = aRequest({ policy: aPolicy({ mode: 'dry-run' }) });
    expect(decide(request, CONTEXT, [DENY]).kind).toBe('refuse');
  });

  it('never turns a refusal into anything else by one more rail', () => {
    const rails = fc.array(fc.constantFrom(PASS, DENY, THROW), { maxLength: 6 });
    fc.assert(
      fc.property(rails, fc.constantFrom(PASS, DENY, THROW), fc.nat(6), (some, one, place) => {
        const more = [...some.slice(0, place), one, ...some.slice(place)];
        const before = decide(aRequest(), CONTEXT, some).kind;
        const after = decide(aRequest(), CONTEXT, more).kind;
        expect(before === 'refuse' ? after : 'refuse').toBe('refuse');
        expect(after === 'run').toBe(more.every((rail) => rail === PASS));
      }),
    );
  });
});
