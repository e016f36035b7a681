import type { Circumstances } from '../domain/circumstances.ts';
import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import { JOB_REFUSED, type LedgerEvent } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Moment } from '../domain/moment.ts';
import type { PolicySet } from '../domain/policy.ts';
import type { Denial, RepairRequest } from '../domain/repair.ts';
import { systemUnit, type Unit } from '../domain/unit.ts';
import { restartedAlong } from '../policy/rails/restarted.ts';
import type { Keep } from './keep.ts';
import type { Ledger } from './ledger.ts';
import type { LiveUnits } from './live-look.ts';
import type { Before, Repair, StepReport } from './repair.ts';

/** A step that is written down as started. */
export interface Begun {
  readonly request: RepairRequest;
  readonly before: Before;
  /** Seconds from its decision until it was written down. */
  readonly heldUpSeconds: number;
}

/** Takes steps that were decided on. */
export interface Undertaking {
  /**
   * Keeps what has to be kept, and writes `started`. `stale`: it is not wanted any more, or nobody knows whether it is; nothing
   * was written.
   */
  begin(
    request: RepairRequest,
    units: LiveUnits & { readonly unit: Unit },
    set: PolicySet,
    signal: AbortSignal,
  ): Promise<{ readonly denial: Denial } | 'stale' | Begun>;
  /** Does it, proves it, and writes `finished`. Rejects only if fettle itself is stopped meanwhile. */
  finish(begun: Begun, signal: AbortSignal): Promise<void>;
}

/** What undertaking needs. */
export interface UndertakingOptions {
  readonly ledger: Ledger;
  readonly policies: () => PolicySet;
  readonly keep: Keep;
  readonly repair: Repair;
  /** Whether a person has asked that nothing be done; asked again right before something is. */
  readonly pause: (signal: AbortSignal) => Promise<Circumstances['pause']>;
  readonly clock: Clock;
  readonly moment: () => Moment;
  readonly log: Log;
}

/** What has to be kept has 15 s, and a slow disk its own; a machine that slept meanwhile, more. */
const LONGEST_HELD_UP_SECONDS = 25;

const WRITE_AGAIN_MS = 10_000;

/** Gives the walk from a decision to its end in the ledger. Nothing is done before the ledger says that it will be. */
export function createUndertaking(options: UndertakingOptions): Undertaking {
  const { ledger, policies, keep, repair, pause, clock, moment, log } = options;
  const { history } = ledger;

  async function isStillWanted({ alert }: RepairRequest, signal: AbortSignal): Promise<boolean> {
    if (history.isResolved(alert.fingerprint, alert.startsAt)) return false;
    const paused = await pause(signal);
    return paused.known && paused.value === undefined;
  }

  /** What has been done must be told: waits for a ledger that takes no lines at the moment. */
  async function writeInTheEnd(
    event: LedgerEvent & { readonly id: string },
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      try {
        return await ledger.append([event]);
      } catch (thrown) {
        log.error({ id: event.id, err: messageOf(thrown) }, 'the end of a step cannot be written down yet');
        await clock.sleep(WRITE_AGAIN_MS, signal);
      }
    }
  }

  return {
    async begin(request, { unit, others }, set, signal) {
      const decidedAt = history.steadyAt(moment());
      const kept = await keep(request, unit, signal);
      if ('denial' in kept) return kept;
      signal.throwIfAborted();
      if (policies() !== set || !(await isStillWanted(request, signal))) return 'stale';
      const { limits, gpuProcesses, hash, change } = kept;
      const { id, policy, step, stepIndex } = request;
      const about = { id, policy: policy.name, unit: unit.id, action: step.action };
      const along = restartedAlong(request, { others });
      const { activeState, invocationId } = unit;
      const started = { ...about, step: stepIndex, activeState, invocationId, evidence: hash, ...change };
      await ledger.append([{ event: 'started', ...started, ...(along.length > 0 && { others: along }) }]);
      log.info(about, 'step started');
      return {
        request: { ...request, unit: systemUnit(unit.id) },
        before: { unit, limits, gpuProcesses, others },
        heldUpSeconds: history.steadyAt(moment()) - decidedAt,
      };
    },

    async finish({ request, before, heldUpSeconds }, signal) {
      const { id, policy, step, stepIndex, unit } = request;
      const isLate = heldUpSeconds > LONGEST_HELD_UP_SECONDS;
      const report = isLate ? notTaken(before, heldUpSeconds) : await repair(request, before, signal);
      const about = { id, policy: policy.name, unit: unit.name, step: stepIndex, action: step.action };
      log.info({ ...about, ...report }, 'step finished');
      await writeInTheEnd({ event: 'finished', ...about, ...report }, signal);
    },
  };
}

/** As things were when it was decided they need not be any more. */
function notTaken({ unit }: Before, seconds: number): StepReport {
  const detail = `not taken: ${Math.round(seconds)} s went by between its decision and its order; the machine may have slept`;
  const { invocationId } = unit;
  return { result: 'interrupted', detail, jobResult: JOB_REFUSED, invocationId, seconds: 0 };
}
