import type { Alert } from '../../src/domain/alert.ts';
import type { Circumstances } from '../../src/domain/circumstances.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Moment } from '../../src/domain/moment.ts';
import type { Policy, PolicySet } from '../../src/domain/policy.ts';
import type { Outcome, RepairRequest, ServiceManager } from '../../src/domain/repair.ts';
import type { RestartStep } from '../../src/domain/step.ts';
import type { LimitValues } from '../../src/domain/throttle.ts';
import type { Unit, UnitRef } from '../../src/domain/unit.ts';

/** A time to count from. */
export const NOON = new Date('2026-11-21T12:00:00.000Z');

/** A time so many seconds after noon. */
export function afterNoon(seconds: number): Date {
  return new Date(NOON.getTime() + seconds * 1000);
}

/** The unit of a name. */
export function unitRef(name: string): UnitRef {
  return { manager: 'systemd', scope: 'system', name };
}

/** A failed unit, unless told otherwise. */
export function aUnit(changes: Partial<Unit> = {}): Unit {
  const id = changes.id ?? 'a.service';
  return {
    ref: unitRef(id),
    id,
    names: [id],
    loadState: 'loaded',
    activeState: 'failed',
    subState: 'failed',
    result: 'exit-code',
    invocationId: 'before',
    canStart: true,
    canStop: true,
    canReload: true,
    isTransient: false,
    changedAt: undefined,
    restarts: 5,
    endedByOrder: false,
    isOneshot: false,
    ...changes,
  };
}

/** A step that restarts the unit, unless told otherwise. */
export function aRestart(changes: Partial<RestartStep> = {}): RestartStep {
  return { action: 'restart', also: [], evenIfActive: false, waitSeconds: 60, onlyIf: [], ...changes };
}

/** A policy that restarts `a.service`, unless told otherwise. */
export function aPolicy(changes: Partial<Policy> = {}): Policy {
  return {
    name: 'p',
    mode: 'enforce',
    when: [
      { label: 'alertname', text: 'alertname = "UnitFailed"', matches: (value) => value === 'UnitFailed' },
    ],
    unit: { kind: 'label', label: 'unit' },
    allow: ['a.service'],
    steps: [aRestart()],
    giveUpSeconds: 21_600,
    cooldown: { baseSeconds: 60, factor: 2, maxSeconds: 600, resetAfterSeconds: 3600 },
    limits: [{ count: 3, windowSeconds: 3600 }],
    verify: { holdSeconds: 3, timeoutSeconds: 20, probe: undefined, gpuMemoryFreed: false },
    maxAlertAgeSeconds: 600,
    blame: { otherHandsSeconds: 1800, packagesSeconds: 600, bootSeconds: 300 },
    undoesOnResolve: true,
    ...changes,
  };
}

/** The set of some policies, with wide budgets, unless told otherwise. */
export function aPolicySet(policies: readonly Policy[], changes: Partial<PolicySet> = {}): PolicySet {
  return {
    policies,
    protectedUnits: [],
    budget: { concurrent: 1, limits: [{ count: 6, windowSeconds: 3600 }] },
    storm: { units: 5, windowSeconds: 120 },
    windows: [],
    gates: { xid: true, maxCelsius: 95 },
    alertmanager: undefined,
    ...changes,
  };
}

/** A firing alert about `a.service`, unless told otherwise. */
export function anAlert(changes: Partial<Alert> & { readonly unit?: string } = {}): Alert {
  const { unit = 'a.service', ...rest } = changes;
  return {
    status: 'firing',
    labels: new Map([
      ['alertname', 'UnitFailed'],
      ['unit', unit],
    ]),
    startsAt: NOON,
    fingerprint: 'f1',
    ...rest,
  };
}

/** A request to restart `a.service`, unless told otherwise. */
export function aRequest(changes: Partial<RepairRequest> = {}): RepairRequest {
  return {
    id: 'i1',
    alert: anAlert(),
    policy: aPolicy(),
    unit: unitRef('a.service'),
    step: aRestart(),
    stepIndex: 0,
    receivedAt: 0,
    ...changes,
  };
}

/** A quiet machine, unless told otherwise. */
export function circumstances(changes: Partial<Circumstances> = {}): Circumstances {
  return {
    pause: { known: true, value: undefined },
    secondsSinceBoot: { known: true, value: 1_000_000 },
    packagesChangedAt: { known: true, value: undefined },
    alert: undefined,
    blockingXids: { known: true, value: [] },
    hottestCelsius: { known: true, value: undefined },
    quantities: new Map(),
    probeSuccess: undefined,
    ...changes,
  };
}

/** A clock that only moves when somebody sleeps, or when told to. */
export function createFakeClock(
  start = NOON,
): Clock & { moment(): Moment; advance(seconds: number): void; jump(seconds: number): void } {
  let now = start.getTime();
  let elapsed = 0;
  return {
    now: () => new Date(now),
    elapsedMs: () => elapsed,
    moment: () => ({ wall: new Date(now), boot: 'boot-1', upSeconds: 1000 + elapsed / 1000 }),
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms;
      elapsed += ms;
      // Others get their turn, as they would in a real sleep.
      await new Promise((resolve) => setImmediate(resolve));
    },
    advance(seconds) {
      now += seconds * 1000;
      elapsed += seconds * 1000;
    },
    /** Somebody sets the wall clock. */
    jump(seconds) {
      now += seconds * 1000;
    },
  };
}

/** A service manager of one unit, told by a function of how often it has been acted on. */
export interface FakeManager extends ServiceManager {
  /** Names of the units acted on, in order. */
  readonly acted: readonly string[];
  /** What was set last. */
  readonly limits: LimitValues;
}

/** A manager whose unit is what `unitAfter` says after so many actions. */
export function createFakeManager(
  unitAfter: (actions: number, name: string) => Unit | undefined,
  outcome: Partial<Outcome> = {},
  before: LimitValues = {},
): FakeManager {
  const acted: string[] = [];
  let limits = before;
  const outcomeNow = (name: string) => ({
    accepted: true,
    jobResult: 'done',
    detail: 'ok',
    unit: unitAfter(acted.length, name),
    ...outcome,
  });
  return {
    kind: 'fake',
    acted,
    get limits() {
      return limits;
    },
    inspect: async (ref) => unitAfter(acted.length, ref.name),
    async run(_action, { name }) {
      acted.push(name);
      return outcomeNow(name);
    },
    limitsOf: async () => limits,
    async setLimits({ name }, values) {
      limits = { ...limits, ...values };
      return outcomeNow(name);
    },
  };
}
