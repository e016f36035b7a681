import type { Circumstances } from '../domain/circumstances.ts';
import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import type { createGate } from '../domain/gate.ts';
import type { UndoneEvent } from '../domain/ledger.ts';
import { withinLimit } from '../domain/limit.ts';
import type { Log } from '../domain/log.ts';
import type { PolicySet } from '../domain/policy.ts';
import type { ServiceManager } from '../domain/repair.ts';
import { LIMIT_PROPERTIES, type Limits, type LimitValues } from '../domain/throttle.ts';
import { systemUnit } from '../domain/unit.ts';
import type { Change } from '../policy/history/changes.ts';
import type { Ledger } from './ledger.ts';
import { limitWords, sameLimits } from './limit-values.ts';

/** Puts back what steps had changed for a while, as far as it is time for it. Never rejects. */
export type Undo = (signal: AbortSignal) => Promise<void>;

/** What undoing needs. */
export interface UndoOptions {
  readonly ledger: Ledger;
  readonly policies: () => PolicySet;
  readonly manager: ServiceManager;
  /** Whether a person has asked that nothing be done. */
  readonly pause: (signal: AbortSignal) => Promise<Circumstances['pause']>;
  /** Decisions go through this door, too: what one saves must not be what is being put back. */
  readonly oneAtATime: ReturnType<typeof createGate>;
  readonly clock: Clock;
  readonly log: Log;
}

const JOB_LIMIT_MS = 5 * 60_000;

const LIMIT_MS = 15_000;

const FIRST_WAIT_MS = 60_000;

const LONGEST_WAIT_MS = 3_600_000;

/**
 * Gives what restores units whose alerts are over: the values that were saved before, exactly.
 *
 * What somebody else has changed since is left alone: the unit no longer has what fettle gave it. After a start of the
 * machine the change is gone by itself, which is seen in the same way. While fettle is paused, it waits. Of several
 * changes of one unit an earlier one waits for the later ones, which stand on it.
 */
export function createUndo(options: UndoOptions): Undo {
  const { ledger, policies, manager, pause, oneAtATime, clock, log } = options;
  const { history } = ledger;
  /** Changes that could not be undone: how often, and when it is tried again. The ledger has been told of the first time. */
  const failures = new Map<string, { readonly count: number; readonly againMs: number }>();

  async function undo(signal: AbortSignal): Promise<void> {
    const tried = new Set<string>();
    const next = () => dueNow().find((one) => !tried.has(keyOf(one)));
    while (next() !== undefined) {
      const paused = await pause(signal);
      if (!paused.known || paused.value !== undefined) return;
      // Asked anew: meanwhile an alert may fire again, and another step stand on the change.
      const change = next();
      if (change === undefined) return;
      tried.add(keyOf(change));
      await undoOne(change, signal);
    }
  }

  /**
   * The newest first: what a later step has saved is what an earlier one had given. The power mode is one for the whole
   * machine, and stays as long as any alert wants it.
   */
  function dueNow(): readonly Change[] {
    const changes = history.toUndo().toReversed();
    const isPowerWanted = changes.some((one) => one.action === 'power_mode' && staysFor(one) === 'its alert');
    const untilLater = new Set<string>();
    return changes.filter((change) => {
      if (change.action === 'power_mode' && isPowerWanted) return false;
      const what = change.action === 'power_mode' ? change.action : `${change.action} ${change.unit}`;
      if (untilLater.has(what)) return false;
      if (staysFor(change) !== 'ever') untilLater.add(what);
      return isDue(change);
    });
  }

  function isDue(change: Change): boolean {
    // A step that is under way may still change what it has been decided to change.
    if (history.phaseOf(change.id) === 'working') return false;
    if ((failures.get(keyOf(change))?.againMs ?? 0) > clock.elapsedMs()) return false;
    return staysFor(change) === 'no longer';
  }

  /** A policy that is gone has nobody left who could want the change. */
  function staysFor({ action, policy, isResolved }: Change): 'ever' | 'its alert' | 'no longer' {
    const known = policies().policies.find(({ name }) => name === policy);
    if (known === undefined) return 'no longer';
    if (action === 'throttle' && !known.undoesOnResolve) return 'ever';
    return isResolved ? 'no longer' : 'its alert';
  }

  async function undoOne(change: Change, signal: AbortSignal): Promise<void> {
    const { id, policy, unit, step } = change;
    try {
      const undone = await restored(change, signal);
      if (undone === undefined) return;
      log.info({ id, policy, unit, ...undone }, 'change undone');
      await ledger.append([{ event: 'undone', id, policy, unit, step, ...undone }]);
      failures.delete(keyOf(change));
    } catch (thrown) {
      // Tried again with the next look: what was changed stays written down until it is undone.
      if (!signal.aborted) await tell(change, messageOf(thrown));
    }
  }

  async function tell(change: Change, detail: string): Promise<void> {
    const { id, policy, unit, step } = change;
    log.error({ id, policy, unit, err: detail }, 'a change could not be undone');
    const count = (failures.get(keyOf(change))?.count ?? 0) + 1;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (count - 1), LONGEST_WAIT_MS);
    failures.set(keyOf(change), { count, againMs: clock.elapsedMs() + waitMs });
    if (count > 1) return;
    const event = { event: 'undone', id, policy, unit, step, result: 'failed', detail } as const;
    await ledger.append([event]).catch(() => undefined);
  }

  /** Undefined: not now any more. A oneshot unit takes its time, and nothing else waits for it. */
  async function restored(change: Change, signal: AbortSignal): Promise<Undone | undefined> {
    const what = `undoing of ${change.unit}`;
    if (change.action === 'power_mode') {
      return await withinLimit(what, JOB_LIMIT_MS, signal, (own) => putPowerModeBack(change, own));
    }
    return await oneAtATime(
      () => withinLimit(what, LIMIT_MS, signal, (own) => putLimitsBack(change, own)),
      signal,
    );
  }

  async function putPowerModeBack({ undo: unit }: Change, signal: AbortSignal): Promise<Undone> {
    const { accepted, jobResult, detail } = await manager.run('start', systemUnit(unit), signal);
    if (!accepted || jobResult !== 'done') throw new Error(detail);
    return { result: 'restored', detail: `${unit} has run to its end` };
  }

  async function putLimitsBack(change: Change, signal: AbortSignal): Promise<Undone | undefined> {
    const { unit, saved, limits } = change;
    const ref = systemUnit(unit);
    if ((await manager.inspect(ref, signal)) === undefined) {
      return { result: 'gone', detail: 'there is no such unit any more' };
    }
    const found = await manager.limitsOf(ref, namesOf(saved), signal);
    // Each by itself: who has changed one of them meanwhile has not asked for the others to stay.
    const own = LIMIT_PROPERTIES.filter((name) => saved[name] !== undefined && limits[name] === found[name]);
    if (sameLimits(saved, found)) return { result: 'restored', detail: `as before: ${limitWords(found)}` };
    if (own.length === 0) {
      return { result: 'gone', detail: `the unit no longer has what it was given: ${limitWords(found)}` };
    }
    // Meanwhile its alert may have fired again, or the unit been given less once more.
    if (!dueNow().some((one) => keyOf(one) === keyOf(change))) return undefined;
    const back = Object.fromEntries(own.map((name) => [name, saved[name] ?? '']));
    const { accepted, detail } = await manager.setLimits(ref, back, signal);
    if (!accepted) throw new Error(detail);
    const after = await manager.limitsOf(ref, namesOf(back), signal);
    if (!sameLimits(back, after))
      throw new Error(`it has ${limitWords(after)} instead of ${limitWords(back)}`);
    return { result: 'restored', detail: `as before: ${limitWords(back)}` };
  }

  return undo;
}

/** Limits that stand for the properties of these values. */
function namesOf(values: LimitValues): Limits {
  const named = (name: keyof LimitValues) => (values[name] === undefined ? undefined : 0);
  return {
    cpuQuota: named('CPUQuotaPerSecUSec'),
    memoryHigh: named('MemoryHigh'),
    cpuWeight: named('CPUWeight'),
    ioWeight: named('IOWeight'),
  };
}

type Undone = Pick<UndoneEvent, 'result' | 'detail'>;

function keyOf({ id, step }: Change): string {
  return `${step} ${id}`;
}
