import { FAILURE_RESULTS, type FailureResult, type UnitEventCounts } from '../../domain/unit-events.ts';

/** What is known of one unit's present run. */
interface Watched {
  invocation: string;
  result: string;
  /** The runs that have been counted already: systemd tells each change several times. */
  activated: string;
  failed: string;
  /** Never changed, only replaced: a reading that was taken stays as it was. */
  counts: UnitEventCounts;
}

/** States of a unit whose start has been told already. */
const HAS_STARTED: ReadonlySet<string> = new Set(['active', 'reloading', 'refreshing']);

/** A unit as it is when it comes under watch: what it has behind it is not counted. */
export interface FirstSight {
  readonly activeState: string;
  readonly result: string;
  readonly invocation: string;
}

/**
 * Counts what happens to units, from systemd's own signals, so that nothing is missed between two scrapes.
 *
 * One run of a unit is one invocation. A run counts as activated once, when the unit is first active in it,
 * and as failed once: when the unit is failed, or waits for its automatic restart, with a result other than
 * success. Systemd tells the properties of the type (with the result) before those of the unit.
 */
export class UnitEvents {
  readonly #watched = new Map<string, Watched>();

  /** A unit comes under watch; one that is watched already stays as it is. */
  watch(name: string, { activeState, result, invocation }: FirstSight): void {
    if (this.#watched.has(name)) return;
    this.#watched.set(name, {
      invocation,
      result,
      activated: HAS_STARTED.has(activeState) ? invocation : '',
      failed: activeState === 'failed' || result !== 'success' ? invocation : '',
      counts: NOTHING_YET,
    });
  }

  /** Forgets what has been counted of all other units. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#watched.keys()) if (!names.has(name)) this.#watched.delete(name);
  }

  /** Properties of a unit have changed: those of its type, or those that all units have. */
  changed(name: string, properties: ReadonlyMap<string, unknown>, now: Date): void {
    const unit = this.#watched.get(name);
    if (unit === undefined) return;
    const result = properties.get('Result');
    if (typeof result === 'string') unit.result = result;
    const invocation = properties.get('InvocationID');
    if (Buffer.isBuffer(invocation)) unit.invocation = invocation.toString('hex');
    const state = properties.get('ActiveState');
    if (state === 'active') activate(unit);
    if (state === 'failed' || isAutoRestart(properties.get('SubState'))) fail(unit, now);
  }

  /** What has been counted of a unit. */
  countsOf(name: string): UnitEventCounts | undefined {
    return this.#watched.get(name)?.counts;
  }
}

function activate(unit: Watched): void {
  if (unit.activated === unit.invocation) return;
  unit.activated = unit.invocation;
  unit.counts = { ...unit.counts, activations: unit.counts.activations + 1 };
}

function fail(unit: Watched, now: Date): void {
  if (unit.failed === unit.invocation || unit.result === 'success') return;
  unit.failed = unit.invocation;
  const { activations, failures } = unit.counts;
  const result = failureResult(unit.result);
  const counted = { ...failures, [result]: failures[result] + 1 };
  unit.counts = { activations, failures: counted, lastFailureSeconds: now.getTime() / 1000 };
}

/** `auto-restart`, and since systemd 254 `auto-restart-queued`. */
function isAutoRestart(subState: unknown): boolean {
  return typeof subState === 'string' && subState.startsWith('auto-restart');
}

function failureResult(result: string): FailureResult {
  return FAILURE_RESULTS.find((known) => known === result) ?? 'other';
}

const NOTHING_YET: UnitEventCounts = {
  activations: 0,
  failures: {
    'exit-code': 0,
    signal: 0,
    'core-dump': 0,
    timeout: 0,
    watchdog: 0,
    'oom-kill': 0,
    'start-limit-hit': 0,
    resources: 0,
    other: 0,
  },
  lastFailureSeconds: undefined,
};
