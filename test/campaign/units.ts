import type { LimitProperty, LimitValues } from '../../src/domain/throttle.ts';
import type { ActiveState, Unit } from '../../src/domain/unit.ts';
import type { WorldTime } from './time.ts';

/** "No limit" as systemd writes it. */
const NONE = '18446744073709551615';

const LIMITS_AT_BOOT = { CPUQuotaPerSecUSec: NONE, MemoryHigh: NONE, CPUWeight: '100' } as const;

/** A unit of the simulated machine. */
export interface SimUnit {
  readonly id: string;
  readonly names: readonly string[];
  /** Runs to its end and is inactive again. */
  readonly isOneshot: boolean;
  activeState: ActiveState;
  result: string;
  invocationId: string;
  changedAt: Date | undefined;
  /** By systemd itself, since somebody last started it. */
  restarts: number;
  isMasked: boolean;
  /** Since when it has been as it is, on `awakeMs`. */
  since: number;
  /** When a person last stopped it, if it has been down ever since. */
  stoppedByHandAt: { readonly trueMs: number; readonly boot: number; readonly awakeMs: number } | undefined;
  /** What it has now, and what it would have if fettle had never been. */
  limits: LimitValues;
  outside: LimitValues;
  /** When somebody but fettle last set a limit, on `awakeMs`. */
  setByHandAt: number;
}

/** What can happen to a unit without fettle. */
export const EVENTS = ['fails', 'recovers', 'is stopped', 'is started', 'hangs', 'is masked'] as const;

/** One of them. */
export type UnitEvent = (typeof EVENTS)[number];

/** All units of the machine. */
export interface Units {
  readonly all: readonly SimUnit[];
  /** By any of its names. */
  of(name: string): SimUnit | undefined;
  happen(unit: SimUnit, event: UnitEvent): void;
  /** Runs anew, or comes to its good end. */
  run(unit: SimUnit): void;
  fail(unit: SimUnit): void;
  stop(unit: SimUnit): void;
  startUp(unit: SimUnit): void;
  resetFailed(unit: SimUnit): void;
  setByHand(unit: SimUnit, property: LimitProperty, value: string): void;
  /** All units are started anew, with the limits of their files. */
  reboot(): void;
}

/** As a service manager tells it. */
export function unitOf(sim: SimUnit, name: string): Unit {
  const { id, names, activeState, result, invocationId, changedAt, restarts, isMasked } = sim;
  const subStates: Partial<Record<ActiveState, string>> = { active: 'running', activating: 'start' };
  return {
    ref: { manager: 'systemd', scope: 'system', name },
    id,
    names,
    loadState: isMasked ? 'masked' : 'loaded',
    activeState,
    subState: subStates[activeState] ?? (activeState === 'inactive' ? 'dead' : activeState),
    result,
    invocationId,
    canStart: true,
    canStop: true,
    canReload: true,
    isTransient: false,
    changedAt,
    restarts,
    endedByOrder: false,
    isOneshot: false,
  };
}

/** Whether it is up, as far as anybody can tell. */
export function isUp({ activeState }: SimUnit): boolean {
  return activeState === 'active';
}

/** Gives the units of the machine; each by its names, the first is its id, those of `oneshots` run to their end. */
export function createUnits(
  time: WorldTime,
  names: readonly (readonly [string, ...string[]])[],
  oneshots: readonly string[],
): Units {
  let invocations = 0;
  const all = names.map(([id, ...aliases]): SimUnit => {
    const isOneshot = oneshots.includes(id);
    return {
      id,
      names: [id, ...aliases],
      isOneshot,
      activeState: isOneshot ? 'inactive' : 'active',
      result: 'success',
      invocationId: `i${++invocations}`,
      changedAt: undefined,
      restarts: 0,
      isMasked: false,
      since: Number.NEGATIVE_INFINITY,
      stoppedByHandAt: undefined,
      limits: LIMITS_AT_BOOT,
      outside: LIMITS_AT_BOOT,
      setByHandAt: Number.NEGATIVE_INFINITY,
    };
  });
  const byName = new Map(all.flatMap((unit) => unit.names.map((name) => [name, unit] as const)));

  function become(unit: SimUnit, activeState: ActiveState, result = 'success'): void {
    Object.assign(unit, {
      activeState,
      result,
      changedAt: new Date(time.wallMs),
      since: time.awakeMs,
      stoppedByHandAt: undefined,
    });
  }

  function begin(unit: SimUnit, activeState: ActiveState, restarts: number): void {
    unit.invocationId = `i${++invocations}`;
    unit.restarts = restarts;
    become(unit, activeState);
  }

  const units: Units = {
    all,
    of: (name) => byName.get(name),
    run: (unit) => begin(unit, unit.isOneshot ? 'inactive' : 'active', 0),
    fail: (unit) => become(unit, 'failed', 'exit-code'),
    stop: (unit) => become(unit, 'inactive'),
    startUp: (unit) => begin(unit, 'activating', 0),
    resetFailed(unit) {
      if (unit.activeState === 'failed') become(unit, 'inactive');
    },
    setByHand(unit, property, value) {
      unit.limits = { ...unit.limits, [property]: value };
      unit.outside = { ...unit.outside, [property]: value };
      unit.setByHandAt = time.awakeMs;
    },
    reboot() {
      for (const unit of all) {
        unit.limits = LIMITS_AT_BOOT;
        unit.outside = LIMITS_AT_BOOT;
        units.run(unit);
      }
    },
    happen(unit, event) {
      switch (event) {
        case 'fails':
          return units.fail(unit);
        case 'recovers':
          return begin(unit, 'active', 3);
        case 'is stopped': {
          units.stop(unit);
          const { trueMs, boot, awakeMs } = time;
          unit.stoppedByHandAt = { trueMs, boot, awakeMs };
          return;
        }
        case 'is started':
          return units.run(unit);
        case 'hangs':
          return begin(unit, 'activating', 1);
        case 'is masked':
          unit.isMasked = !unit.isMasked;
          return;
        default:
          event satisfies never;
      }
    },
  };
  return units;
}
