import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Circumstances } from '../../../src/domain/circumstances.ts';
import type { BlameWindow } from '../../../src/domain/policy.ts';
import type { Step } from '../../../src/domain/step.ts';
import { ACTIVE_STATES, type Unit } from '../../../src/domain/unit.ts';
import { blameWindow } from '../../../src/policy/rails/blame-window.ts';
import {
  anAttempt,
  aPast,
  aRailContext,
  askedAgain,
  type PastFacts,
  STEP_OF,
} from '../../fakes/rail-context.ts';
import { afterNoon, aPolicy, aRequest, aRestart, aUnit } from '../../fakes/repairs.ts';

const BLAME: BlameWindow = { otherHandsSeconds: 1800, packagesSeconds: 600, bootSeconds: 300 };

/** Runs since ten minutes ago, started once. */
const STARTED: Partial<Unit> = {
  activeState: 'active',
  subState: 'running',
  result: 'success',
  invocationId: 'theirs',
  changedAt: afterNoon(-600),
  restarts: 0,
};

const STOPPED: Partial<Unit> = { ...STARTED, activeState: 'inactive', subState: 'dead' };

const FAILED: Partial<Unit> = { ...STARTED, activeState: 'failed', subState: 'failed', result: 'exit-code' };

function ask(unit: Partial<Unit>, past: PastFacts = {}, blame: Partial<BlameWindow> = {}) {
  const policy = aPolicy({
    blame: { ...BLAME, ...blame },
    steps: [aRestart(), STEP_OF.stop, STEP_OF.reset_failed],
  });
  return blameWindow.check(aRequest({ policy }), aRailContext({ unit: aUnit(unit), past: aPast(past) }));
}

describe('the blame window of other hands', () => {
  it('leaves a unit alone that somebody has started', () => {
    expect(ask(STARTED)).toEqual({
      reason:
        'a.service was started at 2026-11-21T11:50:00.000Z, and not by fettle; left alone until 2026-11-21T12:20:00.000Z',
      retryAt: afterNoon(1200),
    });
  });

  it('leaves a unit alone that somebody has stopped', () => {
    expect(ask(STOPPED)?.reason).toContain('a.service was stopped or ended in good order at');
    // The run was fettle's, its end was not.
    expect(ask(STOPPED, { ownInvocations: ['theirs'] })).toBeDefined();
  });

  it.each<[string, Partial<Unit>]>([
    ['is being started', { ...STARTED, activeState: 'activating', subState: 'start-pre' }],
    ['is being reloaded', { ...STARTED, activeState: 'reloading' }],
    ['is of a type that is never restarted automatically', { ...STARTED, restarts: undefined }],
    ['is being stopped', { ...STOPPED, activeState: 'deactivating' }],
    ['was stopped and has no result', { ...STOPPED, result: '' }],
    // As systemd shows one that was stopped between a crash and the automatic restart.
    ['was stopped while it waited for its restart', { ...STOPPED, result: 'exit-code', restarts: 3 }],
  ])('leaves a unit alone that %s', (_what, unit) => {
    expect(ask(unit)).toBeDefined();
  });

  it.each<[string, Partial<Unit>]>([
    ['has run for long and fails now', FAILED],
    ['crashes again and again', { ...FAILED, restarts: 5 }],
    ['was killed', { ...FAILED, result: 'signal' }],
    ['dies while it is being stopped after a crash', { ...FAILED, activeState: 'deactivating' }],
    ['runs since systemd itself restarted it', { ...STARTED, restarts: 1 }],
    ['waits for its first restart', { ...STARTED, activeState: 'activating', subState: 'auto-restart' }],
    ['never ran', { ...STOPPED, changedAt: undefined }],
    ['did not run since its condition was not met', { ...STOPPED, result: 'exec-condition' }],
    ['was started long ago', { ...STARTED, changedAt: afterNoon(-1800) }],
  ])('does not blame anybody for a unit that %s', (_what, unit) => {
    expect(ask(unit)).toBeUndefined();
  });

  it('does not blame fettle for its own start', () => {
    expect(ask(STARTED, { ownInvocations: ['theirs'] })).toBeUndefined();
  });

  it('knows its own start by its time where runs have no names', () => {
    const unit = { ...STARTED, invocationId: '' };
    expect(ask(unit, { attempts: [anAttempt(-610, { endedAt: -590 })] })).toBeUndefined();
    expect(ask(unit, { attempts: [anAttempt(-590, { endedAt: undefined })] })).toBeDefined();
    expect(ask(unit)).toBeDefined();
  });

  it.each([
    ['its own stop', { step: 1, startedAt: -602, endedAt: -598 }, true],
    ['a stop after its own', { step: 1, startedAt: -700, endedAt: -690 }, false],
    ['an end while it was being restarted', { step: 0, startedAt: -602, endedAt: -590 }, false],
    [
      'an end before its last step, which was allowed all the same',
      { step: 0, startedAt: -500, endedAt: -490 },
      true,
    ],
    ['a failure that its own reset has cleared', { step: 2, startedAt: -598, endedAt: -597 }, true],
    ['a stop by another policy', { step: 1, startedAt: -602, endedAt: -598, policy: 'q' }, false],
  ])('takes %s for its own: %s', (_what, attempt, isOwn) => {
    const denial = ask(STOPPED, { attempts: [anAttempt(attempt.startedAt, attempt)] });
    expect(denial === undefined).toBe(isOwn);
  });

  it('says nothing of a unit that is not there', () => {
    expect(blameWindow.check(aRequest(), { ...aRailContext(), unit: undefined })).toBeUndefined();
  });

  it('is off at 0 seconds', () => {
    expect(ask(STARTED, {}, { otherHandsSeconds: 0 })).toBeUndefined();
  });
});

describe('the blame window of packages and of the start of the machine', () => {
  const asked = (circumstances: Partial<Circumstances>, blame: Partial<BlameWindow> = {}) =>
    blameWindow.check(
      aRequest({ policy: aPolicy({ blame: { ...BLAME, ...blame } }) }),
      aRailContext({ circumstances }),
    );

  it('refuses after a change of packages', () => {
    expect(asked({ packagesChangedAt: { known: true, value: afterNoon(-1) } })).toEqual({
      reason: 'packages were changed at 2026-11-21T11:59:59.000Z; left alone until 2026-11-21T12:09:59.000Z',
      retryAt: afterNoon(599),
    });
    expect(asked({ packagesChangedAt: { known: true, value: afterNoon(-600) } })).toBeUndefined();
  });

  it('refuses after the start of the machine', () => {
    expect(asked({ secondsSinceBoot: { known: true, value: 299.5 } })).toEqual({
      reason: 'the machine was started 299 s ago; left alone for 300 s',
      retryAt: afterNoon(0.5),
    });
    expect(asked({ secondsSinceBoot: { known: true, value: 300 } })).toBeUndefined();
  });

  it('refuses what it does not know, and looks again', () => {
    expect(
      asked({
        packagesChangedAt: { known: false, why: 'dpkg.log: permission denied' },
        secondsSinceBoot: { known: false, why: 'no /proc' },
      }),
    ).toEqual({
      reason:
        'when packages were last changed is not known: dpkg.log: permission denied; when the machine was started is not known: no /proc',
      retryAt: afterNoon(60),
    });
  });

  it('asks for nothing that is switched off', () => {
    const known = { known: false, why: '' } as const;
    const off = { packagesSeconds: 0, bootSeconds: 0 };
    expect(asked({ packagesChangedAt: known, secondsSinceBoot: known }, off)).toBeUndefined();
  });

  it('tells all reasons and waits for the last', () => {
    const denial = asked({
      packagesChangedAt: { known: true, value: afterNoon(-10) },
      secondsSinceBoot: { known: true, value: 100 },
    });
    expect(denial?.reason).toMatch(/^packages were changed .*; the machine was started 100 s ago/);
    expect(denial?.retryAt).toEqual(afterNoon(590));
  });
});

describe('the blame window as a whole', () => {
  const unit = fc.record({
    activeState: fc.constantFrom(...ACTIVE_STATES),
    subState: fc.constantFrom('running', 'dead', 'auto-restart'),
    result: fc.constantFrom('success', 'exit-code', ''),
    invocationId: fc.constantFrom('ours', 'theirs', ''),
    changedAt: fc.option(fc.integer({ min: -4000, max: 100 }).map(afterNoon), { nil: undefined }),
    restarts: fc.constantFrom(0, 3, undefined),
  });
  const facts = fc.record({
    unit,
    packages: fc.integer({ min: -2000, max: 100 }),
    boot: fc.integer({ min: 0, max: 1000 }),
    hands: fc.constantFrom(0, 1800),
  });

  it('never lets a foreign run or a foreign end pass within it, and ends when it said', () => {
    fc.assert(
      fc.property(facts, ({ unit: some, packages, boot, hands }) => {
        const policy = aPolicy({ blame: { ...BLAME, otherHandsSeconds: hands } });
        const context = aRailContext({
          unit: aUnit(some),
          past: aPast({ ownInvocations: ['ours'] }),
          circumstances: {
            packagesChangedAt: { known: true, value: afterNoon(packages) },
            secondsSinceBoot: { known: true, value: boot },
          },
        });
        const denial = blameWindow.check(aRequest({ policy }), context);
        if (denial === undefined) {
          const age =
            some.changedAt === undefined
              ? Infinity
              : -(some.changedAt.getTime() - context.now.getTime()) / 1000;
          const runs =
            some.activeState === 'active' && some.restarts === 0 && some.subState !== 'auto-restart';
          const isForeign = (runs && some.invocationId !== 'ours') || some.activeState === 'inactive';
          // What happens while the machine starts is its own doing.
          const isOfBoot = age > boot - BLAME.bootSeconds;
          expect(hands > 0 && isForeign && age < hands && !isOfBoot).toBe(false);
          expect(packages).toBeLessThanOrEqual(-BLAME.packagesSeconds);
          expect(boot).toBeGreaterThanOrEqual(BLAME.bootSeconds);
          return;
        }
        if (denial.retryAt === undefined) throw new Error('a blame window has an end');
        expect(denial.retryAt.getTime()).toBeGreaterThan(context.now.getTime());
        expect(askedAgain(blameWindow, aRequest({ policy }), context, denial.retryAt)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('never blames anybody for a unit that has failed, but whoever told it to end', () => {
    fc.assert(
      fc.property(unit, (some) => {
        expect(ask({ ...some, activeState: 'failed' })).toBeUndefined();
      }),
    );
    const told = { ...FAILED, endedByOrder: true };
    expect(ask({ ...told, changedAt: afterNoon(-60) })?.reason).toContain('stopped or ended');
    expect(ask({ ...told, changedAt: afterNoon(-7200) })).toBeUndefined();
  });

  it('lets pass what neither starts nor stops the unit', () => {
    const context = aRailContext({
      unit: aUnit({ activeState: 'active', restarts: 0, changedAt: afterNoon(-60) }),
    });
    const asked = (step: Step) => blameWindow.check(aRequest({ step }), context);
    expect(asked(STEP_OF.restart)).toBeDefined();
    for (const step of [STEP_OF.throttle, STEP_OF.power_mode, STEP_OF.notify])
      expect(asked(step)).toBeUndefined();
  });

  it('takes what happened while the machine started for its own doing', () => {
    const policy = aPolicy({ blame: { ...BLAME, bootSeconds: 300 } });
    const asked = (changedAt: Date) =>
      blameWindow.check(
        aRequest({ policy }),
        aRailContext({
          unit: aUnit({ activeState: 'active', restarts: 0, changedAt }),
          circumstances: { secondsSinceBoot: { known: true, value: 900 } },
        }),
      );
    expect(asked(afterNoon(-800))).toBeUndefined();
    expect(asked(afterNoon(-500))).toBeDefined();
  });
});
