import fc from 'fast-check';
import type { Circumstances } from '../../src/domain/circumstances.ts';
import type { Policy, PolicySet } from '../../src/domain/policy.ts';
import type { RepairRequest } from '../../src/domain/repair.ts';
import { ACTIONS } from '../../src/domain/step.ts';
import { ACTIVE_STATES, type Unit } from '../../src/domain/unit.ts';
import type { RailContext } from '../../src/policy/rail.ts';
import { anAttempt, aPast, aRailContext, aWindow, type PastFacts, STEP_OF } from './rail-context.ts';
import { afterNoon, anAlert, aPolicy, aRequest, aRestart, aUnit, unitRef } from './repairs.ts';

/** A request and what is known around it, in parts that can be changed one by one. */
export interface RailCase {
  readonly policy: Partial<Policy>;
  readonly request: Partial<RepairRequest>;
  readonly unit: Partial<Unit> | undefined;
  readonly others: Readonly<Record<string, Partial<Unit>>>;
  readonly past: PastFacts;
  readonly settings: Partial<Omit<PolicySet, 'policies'>>;
  /** How often each window comes, when first, and how long it lasts, in seconds. */
  readonly windows: readonly (readonly [every: number, offset: number, lasts: number])[];
  readonly circumstances: Partial<Circumstances>;
}

/** What all rails let pass. */
export const PASSING: RailCase = {
  policy: {},
  request: {},
  unit: {},
  others: { 'clean.service': {}, 'slow.service': {}, 'fast.service': {}, 'db.service': {} },
  past: {},
  settings: { gates: { xid: true, maxCelsius: 90 } },
  windows: [],
  circumstances: { hottestCelsius: { known: true, value: 40 } },
};

/** The request of a case, and its context. */
export function inFull(one: RailCase): { readonly request: RepairRequest; readonly context: RailContext } {
  const others = Object.entries(one.others).map(([id, unit]) => [id, aUnit({ id, ...unit })] as const);
  const windows = one.windows.map(([every, offset, lastsSeconds]) =>
    aWindow(every, offset, { lastsSeconds }),
  );
  return {
    request: aRequest({ ...one.request, policy: aPolicy(one.policy) }),
    context: {
      ...aRailContext({
        others: new Map(others),
        past: aPast(one.past),
        settings: { ...one.settings, windows },
        circumstances: one.circumstances,
      }),
      unit: one.unit && aUnit(one.unit),
    },
  };
}

/** A case in which one thing is otherwise. */
export type Twist = fc.Arbitrary<(one: RailCase) => RailCase>;

const NAMES = ['a.service', 'b.service', 'c.service', 'ssh.service', 'db.service', 'clean.service'];
const name = fc.constantFrom(...NAMES);
/** More often than not the unit of the alert, or nothing would ever be about it. */
const attemptedName = fc.oneof({ weight: 2, arbitrary: fc.constant('a.service') }, name);
const someNames = fc.array(name, { maxLength: 3 });
const seconds = (min: number, max: number) =>
  fc.integer({ min: min * 1000, max: max * 1000 }).map((ms) => ms / 1000);

const limits = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 5 }), windowSeconds: fc.integer({ min: 1, max: 5000 }) }),
  { maxLength: 3 },
);

const endedAttempt = fc
  .record({ unit: attemptedName, startedAt: seconds(-6000, -1), lasts: seconds(0, 1) })
  .map(({ unit, startedAt, lasts }) => anAttempt(startedAt, { unit, endedAt: startedAt + lasts }));

const attemptUnderWay = fc
  .record({ unit: attemptedName, startedAt: seconds(-6000, 0) })
  .map(({ unit, startedAt }) => anAttempt(startedAt, { unit, endedAt: undefined }));

const trouble = fc.array(fc.record({ unit: name, at: seconds(-200, 0) }), { maxLength: 8 });

const circuit = fc
  .record({ policy: fc.constantFrom('p', 'q'), unit: name, tryAt: seconds(-100, 100) })
  .map((some) => ({ ...some, openedAt: some.tryAt - 1000 }));

const unitChanges = fc.record(
  {
    activeState: fc.constantFrom(...ACTIVE_STATES),
    subState: fc.constantFrom('running', 'dead', 'auto-restart'),
    result: fc.constantFrom('success', 'exit-code', ''),
    invocationId: fc.constantFrom('ours', 'theirs', ''),
    restarts: fc.constantFrom(0, 2, undefined),
    changedAt: fc.option(seconds(-4000, 10).map(afterNoon), { nil: undefined }),
  },
  { requiredKeys: [] },
);

/** Twists about what can be known, with times that are known: a refusal for one of them ends when it says. */
export const TIMED_TWISTS: readonly Twist[] = [
  fc.constant((one) => one),
  fc.constantFrom(...ACTIONS).map((action) => (one) => ({
    ...one,
    request: { ...one.request, step: STEP_OF[action] },
    unit: STEP_OF[action].action === 'throttle' ? { ...one.unit, activeState: 'active' as const } : one.unit,
  })),
  someNames.map((also) => (one) => ({ ...one, request: { ...one.request, step: aRestart({ also }) } })),
  fc.nat(2).map((stepIndex) => (one) => ({ ...one, request: { ...one.request, stepIndex } })),
  fc.constant((one) => ({ ...one, policy: { ...one.policy, mode: 'dry-run' as const } })),
  name.map((unit) => (one) => ({ ...one, request: { ...one.request, unit: unitRef(unit) } })),
  someNames.map((allow) => (one) => ({ ...one, policy: { ...one.policy, allow } })),
  someNames.map((protectedUnits) => (one) => ({ ...one, settings: { ...one.settings, protectedUnits } })),
  fc
    .record({ id: name, names: someNames })
    .map((names) => (one) => ({ ...one, unit: { ...one.unit, ...names } })),
  unitChanges
    .filter(
      ({ activeState }) =>
        activeState !== 'active' && activeState !== 'reloading' && activeState !== 'refreshing',
    )
    .map((changes) => (one) => ({ ...one, unit: { ...one.unit, ...changes } })),
  fc
    .record({ canStart: fc.boolean(), isTransient: fc.boolean() })
    .map((changes) => (one) => ({ ...one, unit: { ...one.unit, ...changes } })),
  fc.option(seconds(-1000, 1000), { nil: undefined }).map((until) => (one) => {
    const pause = {
      until: until === undefined ? undefined : afterNoon(until),
      reason: '',
      by: '',
      since: afterNoon(-9),
    };
    // Without an end it is no timed one.
    return until === undefined
      ? one
      : { ...one, circumstances: { ...one.circumstances, pause: { known: true, value: pause } } };
  }),
  fc
    .tuple(
      fc.integer({ min: 100, max: 5000 }),
      fc.integer({ min: -5000, max: 5000 }),
      fc.integer({ min: 1, max: 99 }),
    )
    .map((window) => (one) => ({ ...one, windows: [...one.windows, window] })),
  seconds(-2000, 10).map((at) => (one) => ({
    ...one,
    circumstances: { ...one.circumstances, packagesChangedAt: { known: true, value: afterNoon(at) } },
  })),
  seconds(0, 1000).map((value) => (one) => ({
    ...one,
    circumstances: { ...one.circumstances, secondsSinceBoot: { known: true, value } },
  })),
  seconds(-2000, 0).map((receivedAt) => (one) => ({ ...one, request: { ...one.request, receivedAt } })),
  seconds(-500, 2000).map((at) => (one) => ({
    ...one,
    request: { ...one.request, alert: anAlert({ startsAt: afterNoon(at) }) },
  })),
  fc.array(endedAttempt, { maxLength: 6 }).map((attempts) => (one) => ({
    ...one,
    past: { ...one.past, attempts: [...(one.past.attempts ?? []), ...attempts] },
  })),
  limits.map((some) => (one) => ({ ...one, policy: { ...one.policy, limits: some } })),
  limits.map((some) => (one) => ({
    ...one,
    settings: { ...one.settings, budget: { concurrent: 1, limits: some } },
  })),
  trouble.map((some) => (one) => ({ ...one, past: { ...one.past, trouble: some } })),
  fc.integer({ min: 2, max: 6 }).map((units) => (one) => ({
    ...one,
    settings: { ...one.settings, storm: { units, windowSeconds: 120 } },
  })),
  fc
    .array(circuit, { maxLength: 3 })
    .map((circuits) => (one) => ({ ...one, past: { ...one.past, circuits } })),
];

const UNKNOWN = { known: false, why: 'nobody knows' } as const;

/** Twists about what nobody knows, or of which nobody knows the end. */
export const OTHER_TWISTS: readonly Twist[] = [
  fc.constant((one) => ({ ...one, unit: undefined })),
  unitChanges.map((changes) => (one) => ({ ...one, unit: { ...one.unit, ...changes } })),
  attemptUnderWay.map((attempt) => (one) => ({
    ...one,
    past: { ...one.past, attempts: [...(one.past.attempts ?? []), attempt] },
  })),
  fc
    .constantFrom<Partial<Circumstances>>(
      { pause: UNKNOWN },
      { pause: { known: true, value: { until: undefined, reason: '', by: 'alice', since: afterNoon(-9) } } },
      { secondsSinceBoot: UNKNOWN },
      { packagesChangedAt: UNKNOWN },
      { alert: UNKNOWN },
      { alert: { known: true, value: { state: 'suppressed', silencedBy: ['s'], inhibitedBy: [] } } },
      { alert: { known: true, value: { state: 'active', silencedBy: [], inhibitedBy: [] } } },
      { blockingXids: UNKNOWN },
      { blockingXids: { known: true, value: [{ pciAddress: '0000:01:00.0', code: 79, asks: 'reboot' }] } },
      { hottestCelsius: UNKNOWN },
      { hottestCelsius: { known: true, value: 99 } },
      { probeSuccess: UNKNOWN },
      { probeSuccess: { known: true, value: false } },
    )
    .map((changes) => (one) => ({ ...one, circumstances: { ...one.circumstances, ...changes } })),
  fc.constant((one) => ({ ...one, past: { ...one.past, resolved: ['f1'] } })),
];

/** Cases in which up to so many things are otherwise than in one that passes. */
export function railCases(twists: readonly Twist[], most = 4): fc.Arbitrary<RailCase> {
  return fc
    .array(fc.oneof(...twists), { maxLength: most })
    .map((some) => some.reduce((one, twist) => twist(one), PASSING));
}
