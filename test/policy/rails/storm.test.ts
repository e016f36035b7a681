import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storm } from '../../../src/policy/rails/storm.ts';
import { aPast, aRailContext, askedAgain } from '../../fakes/rail-context.ts';
import { afterNoon, aRequest, aUnit } from '../../fakes/repairs.ts';

type Trouble = readonly { readonly unit: string; readonly at: number }[];

const contextOf = (trouble: Trouble, units = 3) =>
  aRailContext({ past: aPast({ trouble }), settings: { storm: { units, windowSeconds: 120 } } });
const ask = (...from: Parameters<typeof contextOf>) => storm.check(aRequest(), contextOf(...from));

const since = (at: number, ...units: readonly string[]) => units.map((unit) => ({ unit, at }));

describe('storm', () => {
  it('passes a unit that is in trouble alone, however often', () => {
    expect(ask([])).toBeUndefined();
    expect(
      ask([...since(-9, 'a.service'), ...since(-8, 'a.service'), ...since(-7, 'a.service')]),
    ).toBeUndefined();
  });

  it('refuses when too many are, and names them', () => {
    expect(ask(since(-9, 'b.service', 'c.service'))).toEqual({
      reason:
        '3 units in trouble within 120 s (a.service, b.service, c.service): the machine itself is suspect',
      retryAt: afterNoon(121),
    });
  });

  it('counts the unit itself, whether or not its alert is among them', () => {
    expect(ask(since(-9, 'a.service', 'b.service'))).toBeUndefined();
    expect(ask(since(-9, 'a.service', 'b.service', 'c.service'))).toBeDefined();
  });

  it('takes no other name of the unit for another unit', () => {
    const unit = aUnit({ id: 'real.service', names: ['real.service', 'alias.service', 'a.service'] });
    const context = { ...contextOf(since(-9, 'alias.service', 'real.service', 'a.service'), 2), unit };
    expect(storm.check(aRequest(), context)).toBeUndefined();
  });

  it('forgets what is older than the window', () => {
    expect(ask(since(-121, 'b.service', 'c.service'))).toBeUndefined();
  });

  it('does not name hundreds', () => {
    const many = Array.from({ length: 300 }, (_, n) => `w@${n}.service`);
    expect(ask(since(-9, ...many))?.reason).toBe(
      '301 units in trouble within 120 s (a.service, w@0.service, w@1.service, w@2.service, w@3.service and 296 more): the machine itself is suspect',
    );
  });

  it('refuses exactly when so many units, this one included, are in trouble, and ends when it said', () => {
    const trouble = fc.array(
      fc.record({
        unit: fc.constantFrom('a.service', 'b.service', 'c.service', 'd.service', 'e.service'),
        at: fc.integer({ min: -240, max: 0 }),
      }),
    );
    fc.assert(
      fc.property(trouble, fc.integer({ min: 2, max: 6 }), (some, units) => {
        const context = contextOf(some, units);
        const denial = storm.check(aRequest(), context);
        const names = new Set(['a.service', ...some.filter(({ at }) => at >= -120).map(({ unit }) => unit)]);
        expect(denial !== undefined).toBe(names.size >= units);
        if (denial?.retryAt === undefined) return;
        expect(askedAgain(storm, aRequest(), context, denial.retryAt)).toBeUndefined();
      }),
    );
  });
});
