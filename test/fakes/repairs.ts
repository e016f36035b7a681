import type { Alert } from '../../src/domain/alert.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Policy, PolicySet } from '../../src/domain/policy.ts';
import type { Outcome, RepairRequest, ServiceManager } from '../../src/domain/repair.ts';
import type { Unit, UnitRef } from '../../src/domain/unit.ts';
import { History } from '../../src/policy/history.ts';
import type { RailContext } from '../../src/policy/rail.ts';

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
    ...changes,
  };
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
    steps: ['restart'],
    cooldown: { baseSeconds: 60, factor: 2, maxSeconds: 600, resetAfterSeconds: 3600 },
    verify: { holdSeconds: 3, timeoutSeconds: 20 },
    ...changes,
  };
}

/** The set of some policies, protecting what is named. */
export function aPolicySet(policies: readonly Policy[], protectedUnits: readonly string[] = []): PolicySet {
  return { policies, protectedUnits };
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
    action: 'restart',
    ...changes,
  };
}

/** What a rail is shown: a failed unit, no history, noon, unless told otherwise. */
export function aRailContext(changes: Partial<RailContext> = {}): RailContext {
  return { now: NOON, unit: aUnit(), history: new History(), protectedUnits: [], ...changes };
}

/** A clock that only moves when somebody sleeps, or when told to. */
export function createFakeClock(
  start = NOON,
): Clock & { advance(seconds: number): void; jump(seconds: number): void } {
  let now = start.getTime();
  let elapsed = 0;
  return {
    now: () => new Date(now),
    elapsedMs: () => elapsed,
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
}

/** A manager whose unit is what `unitAfter` says after so many actions. */
export function createFakeManager(
  unitAfter: (actions: number) => Unit | undefined,
  outcome: Partial<Outcome> = {},
): FakeManager {
  const acted: string[] = [];
  return {
    kind: 'fake',
    acted,
    inspect: async () => unitAfter(acted.length),
    async run(_action, { name }) {
      acted.push(name);
      return { accepted: true, jobResult: 'done', detail: 'ok', unit: unitAfter(acted.length), ...outcome };
    },
  };
}
