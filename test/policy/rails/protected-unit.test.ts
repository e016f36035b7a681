import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/domain/step.ts';
import type { Unit } from '../../../src/domain/unit.ts';
import { protectedUnit } from '../../../src/policy/rails/protected-unit.ts';
import { aRailContext, STEP_OF } from '../../fakes/rail-context.ts';
import { aRequest, aRestart, aUnit } from '../../fakes/repairs.ts';

function ask(
  protectedUnits: readonly string[],
  unit: Unit | undefined = aUnit(),
  step: Step = aRestart(),
  others: ReadonlyMap<string, Unit | undefined> = new Map(),
) {
  return protectedUnit.check(
    aRequest({ step }),
    aRailContext({ unit, others, settings: { protectedUnits } }),
  );
}

describe('protected unit', () => {
  it('passes a unit that no pattern names', () => {
    expect(ask(['ssh.service', 'dbus*'])).toBeUndefined();
  });

  it('refuses a unit by its own name and tells the pattern', () => {
    expect(ask(['a*'])?.reason).toBe('a.service is protected by the pattern a*');
  });

  it('refuses an alias of a protected unit', () => {
    const unit = aUnit({ id: 'ssh.service', names: ['ssh.service', 'a.service'] });
    expect(ask(['ssh.service'], unit)?.reason).toBe(
      'a.service is another name of ssh.service; ssh.service is protected',
    );
  });

  it('refuses a unit of which a protected name is an alias', () => {
    expect(ask(['sshd.service'], aUnit({ names: ['a.service', 'sshd.service'] }))).toBeDefined();
  });

  it('refuses by name alone when there is no such unit', () => {
    const context = aRailContext({ unit: undefined, settings: { protectedUnits: ['a.service'] } });
    expect(protectedUnit.check(aRequest(), context)).toBeDefined();
  });

  it.each<[string, Step, string]>([
    ['is restarted as well', aRestart({ also: ['db.service'] }), 'db.service'],
    ['is run', STEP_OF.run, 'clean.service'],
    ['changes the power mode', STEP_OF.power_mode, 'slow.service'],
    ['changes it back', STEP_OF.power_mode, 'fast.service'],
  ])('refuses a step whose other unit, which %s, is protected', (_what, step, name) => {
    expect(ask([name], aUnit(), step)?.reason).toBe(`${name} is protected`);
    const alias = aUnit({ id: 'dbus.service', names: ['dbus.service', name] });
    expect(ask(['dbus*'], aUnit(), step, new Map([[name, alias]]))?.reason).toContain(
      `${name} is another name of dbus.service`,
    );
  });

  it('tells every unit of the step that is protected', () => {
    expect(ask(['a.service', 'db*'], aUnit(), aRestart({ also: ['db.service'] }))?.reason).toBe(
      'a.service is protected; db.service is protected by the pattern db*',
    );
  });

  it('is not got around by any name of any unit of the step', () => {
    const names = ['a.service', 'b.service', 'ssh.service', 'sshd.service'];
    const name = fc.constantFrom(...names);
    const unit = fc.record({ id: name, names: fc.array(name) }).map((some) => aUnit(some));
    fc.assert(
      fc.property(unit, name, fc.option(unit, { nil: undefined }), name, (own, other, live, pattern) => {
        const denial = ask([pattern], own, aRestart({ also: [other] }), new Map([[other, live]]));
        const all = ['a.service', own.id, ...own.names, other, ...(live ? [live.id, ...live.names] : [])];
        expect(denial !== undefined).toBe(all.includes(pattern));
      }),
    );
  });
});
