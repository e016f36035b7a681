import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIONS, type Action, type Step } from '../../../src/domain/step.ts';
import type { Unit } from '../../../src/domain/unit.ts';
import { unitRestartable } from '../../../src/policy/rails/unit-restartable.ts';
import { aRailContext, aRun, STEP_OF } from '../../fakes/rail-context.ts';
import { aRequest, aRestart, aUnit, unitRef } from '../../fakes/repairs.ts';

const OTHERS = new Map(
  ['clean.service', 'slow.service', 'fast.service', 'db.service'].map((id) => [id, aUnit({ id })]),
);

function ask(unit: Unit | undefined, step: Step = aRestart(), others = OTHERS) {
  const context = { ...aRailContext({ others }), unit };
  return unitRestartable.check(aRequest({ step }), context)?.reason;
}

describe('unit restartable', () => {
  it.each(ACTIONS.map((action) => [action] as const))(
    'passes %s at a loaded unit that lets it be done',
    (action) => {
      expect(ask(aUnit(), STEP_OF[action])).toBeUndefined();
    },
  );

  it.each([
    ['is masked', aUnit({ loadState: 'masked' }), 'a.service cannot be used: its load state is masked'],
    ['is broken', aUnit({ loadState: 'bad-setting' }), 'its load state is bad-setting'],
    ['does not exist', aUnit({ loadState: 'not-found' }), 'a.service does not exist'],
    ['refuses manual starts', aUnit({ canStart: false }), 'refuses to be started by hand'],
    ['refuses manual stops', aUnit({ canStop: false }), 'refuses to be stopped by hand'],
    ['is transient', aUnit({ isTransient: true }), 'made at run time by a program'],
    ['is unknown', undefined, 'the service manager has no unit a.service'],
  ])('refuses a unit that %s', (_what, unit, reason) => {
    expect(ask(unit)).toContain(reason);
  });

  it.each<[Partial<Unit>, readonly Action[]]>([
    [{ canStart: false }, ['restart', 'start', 'run']],
    [{ canStop: false }, ['restart', 'stop', 'run']],
    [{ canReload: false }, ['reload']],
    [{ isTransient: true }, ['restart', 'start', 'run']],
    [{ loadState: 'masked' }, ['restart', 'start', 'stop', 'reload', 'reset_failed', 'run', 'throttle']],
  ])('refuses with %j only what asks for it', (changes, refused) => {
    const denied = ACTIONS.filter((action) => ask(aUnit(changes), STEP_OF[action]) !== undefined);
    expect(denied).toEqual(refused);
  });

  it('asks of a unit after a run only what is done to it', () => {
    expect(ask(aUnit({ canStop: false }), aRun('start'))).toBeUndefined();
    expect(ask(aUnit({ canStart: false, canStop: false }), aRun(undefined))).toBeUndefined();
  });

  it.each<[Step, string, Partial<Unit> | undefined, string]>([
    [
      aRestart({ also: ['db.service'] }),
      'db.service',
      undefined,
      'the service manager has no unit db.service',
    ],
    [
      aRestart({ also: ['db.service'] }),
      'db.service',
      { canStop: false },
      'db.service refuses to be stopped',
    ],
    [STEP_OF.run, 'clean.service', { loadState: 'masked' }, 'clean.service cannot be used'],
    [STEP_OF.run, 'clean.service', { canStart: false }, 'clean.service refuses to be started'],
    [STEP_OF.power_mode, 'slow.service', { loadState: 'not-found' }, 'slow.service does not exist'],
    [STEP_OF.power_mode, 'fast.service', undefined, 'the service manager has no unit fast.service'],
  ])('refuses %j when %s cannot be used', (step, name, changes, reason) => {
    const others = new Map(OTHERS);
    if (changes === undefined) others.delete(name);
    else others.set(name, aUnit({ id: name, ...changes }));
    expect(ask(aUnit(), step, others)).toContain(reason);
  });

  it('does not ask that a unit which is only run can be stopped', () => {
    const others = new Map([...OTHERS, ['clean.service', aUnit({ id: 'clean.service', canStop: false })]]);
    expect(ask(aUnit(), STEP_OF.run, others)).toBeUndefined();
  });

  it('refuses another unit by what is no name', () => {
    expect(ask(aUnit(), aRestart({ also: ['../x'] }))).toBe('"../x" is not a unit name');
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
    expect(unitRestartable.check(request, { ...aRailContext(), unit: undefined })).toBeUndefined();
  });

  it('lets nothing be started that is not loaded, cannot be started, or is transient', () => {
    const unit = fc.record({
      loadState: fc.constantFrom('loaded', 'masked', 'not-found', 'error'),
      canStart: fc.boolean(),
      canStop: fc.boolean(),
      isTransient: fc.boolean(),
    });
    fc.assert(
      fc.property(unit, unit, fc.constantFrom('restart', 'start', 'run' as const), (own, other, action) => {
        const others = new Map([['clean.service', aUnit({ id: 'clean.service', ...other })]]);
        if (ask(aUnit(own), STEP_OF[action], others) !== undefined) return;
        for (const one of action === 'run' ? [own, other] : [own]) {
          expect(one).toMatchObject({ loadState: 'loaded', canStart: true, isTransient: false });
        }
        if (action !== 'start') expect(own.canStop).toBe(true);
      }),
    );
  });
});
