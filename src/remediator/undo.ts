import type { Circumstances } from '../domain/circumstances.ts';
import { messageOf } from '../domain/errors.ts';
import type { UndoneEvent } from '../domain/ledger.ts';
import { withinLimit } from '../domain/limit.ts';
import type { Log } from '../domain/log.ts';
import type { PolicySet } from '../domain/policy.ts';
import type { ServiceManager } from '../domain/repair.ts';
import type { Limits, LimitValues } from '../domain/throttle.ts';
import type { UnitRef } from '../domain/unit.ts';
import type { Change } from '../policy/history/changes.ts';
import type { Ledger } from './ledger.ts';
import { sameLimits } from './repair.ts';

/** Puts back what steps had changed for a while, as far as it is time for it. Never rejects. */
export type Undo = (signal: AbortSignal) => Promise<void>;

/** What undoing needs. */
export interface UndoOptions {
  readonly ledger: Ledger;
  readonly policies: () => PolicySet;
  readonly manager: ServiceManager;
  /** Whether a person has asked that nothing be done. */
  readonly pause: (signal: AbortSignal) => Promise<Circumstances['pause']>;
  readonly log: Log;
}

const JOB_LIMIT_MS = 5 * 60_000;

/**
 * Gives what restores units whose alerts are over: the values that were saved before, exactly.
 *
 * What somebody else has changed since is left alone: the unit no longer has what fettle gave it. After a start of the
 * machine the change is gone by itself, which is seen in the same way. While fettle is paused, it waits. Of several
 * changes of one unit an earlier one waits for the later ones, which stand on it.
 */
export function createUndo({ ledger, policies, manager, pause, log }: UndoOptions): Undo {
  const { history } = ledger;

  async function undo(signal: AbortSignal): Promise<void> {
    // The newest first: what a later step has saved is what an earlier one had given.
    const changes = history.toUndo().toReversed();
    if (!changes.some(isDue)) return;
    const paused = await pause(signal);
    if (!paused.known || paused.value !== undefined) return;
    const untilLater = new Set<string>();
    for (const change of changes) {
      const what = `${change.action} ${change.unit}`;
      if (untilLater.has(what)) continue;
      const isUndone = isDue(change) && (await undoOne(change, signal));
      if (!isUndone && staysFor(change) !== 'ever') untilLater.add(what);
    }
  }

  function isDue(change: Change): boolean {
    return staysFor(change) === 'no longer';
  }

  /** A policy that is gone has nobody left who could want the change. */
  function staysFor({ policy, isResolved }: Change): 'ever' | 'its alert' | 'no longer' {
    const known = policies().policies.find(({ name }) => name === policy);
    if (known === undefined) return 'no longer';
    if (!known.undoesOnResolve) return 'ever';
    return isResolved ? 'no longer' : 'its alert';
  }

  /** Whether it is done with. */
  async function undoOne(change: Change, signal: AbortSignal): Promise<boolean> {
    const { id, policy, unit, step } = change;
    try {
      const { result, detail } = await restored(change, signal);
      log.info({ id, policy, unit, result, detail }, 'change undone');
      await ledger.append([{ event: 'undone', id, policy, unit, step, result, detail }]);
      return true;
    } catch (thrown) {
      // Tried again with the next look: what was changed stays written down until it is undone.
      if (!signal.aborted)
        log.error({ id, policy, unit, err: messageOf(thrown) }, 'a change could not be undone');
      return false;
    }
  }

  async function restored(change: Change, signal: AbortSignal): Promise<Undone> {
    const put = change.action === 'throttle' ? putLimitsBack : putPowerModeBack;
    return await withinLimit(`undoing of ${change.unit}`, JOB_LIMIT_MS, signal, (own) => put(change, own));
  }

  async function putPowerModeBack({ undo: unit }: Change, signal: AbortSignal): Promise<Undone> {
    const { accepted, jobResult, detail } = await manager.run('start', refOf(unit), signal);
    if (!accepted || jobResult !== 'done') throw new Error(detail);
    return { result: 'restored', detail: `${unit} has run to its end` };
  }

  async function putLimitsBack({ unit, saved, limits }: Change, signal: AbortSignal): Promise<Undone> {
    const ref = refOf(unit);
    const found = await manager.limitsOf(ref, namesOf(saved), signal);
    if (!sameLimits(limits, found)) {
      return { result: 'gone', detail: `the unit no longer has what it was given: ${words(found)}` };
    }
    const { accepted, detail } = await manager.setLimits(ref, saved, signal);
    if (!accepted) throw new Error(detail);
    const after = await manager.limitsOf(ref, namesOf(saved), signal);
    if (!sameLimits(saved, after)) throw new Error(`it has ${words(after)} instead of ${words(saved)}`);
    return { result: 'restored', detail: `as before: ${words(saved)}` };
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

function words(values: LimitValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

type Undone = Pick<UndoneEvent, 'result' | 'detail'>;

function refOf(name: string): UnitRef {
  return { manager: 'systemd', scope: 'system', name };
}
