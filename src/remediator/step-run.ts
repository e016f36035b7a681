import type { Circumstances } from '../domain/circumstances.ts';
import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import { JOB_SKIPPED, type LedgerEvent } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Moment } from '../domain/moment.ts';
import type { PolicySet } from '../domain/policy.ts';
import type { Denial, RepairRequest } from '../domain/repair.ts';
import { systemUnit, type Unit } from '../domain/unit.ts';
import type { Keep } from './keep.ts';
import type { Ledger } from './ledger.ts';
import type { Before, Repair, StepReport } from './repair.ts';

/** A step that is written down as started. */
export interface StartedStep {
  readonly request: RepairRequest;
  readonly before: Before;
  /** Seconds from the first look at what it was decided on until it was written down. */
  readonly decisionAgeSeconds: number;
}

/** What a step was decided on. */
export interface Decided {
  readonly request: RepairRequest;
  readonly set: PolicySet;
  readonly unit: Unit;
  /** The other units that are restarted together with it. */
  readonly also: readonly Unit[];
  /** When the first look was taken, on the ledger's clock. */
  readonly seenAt: number;
}

/** Runs steps that were decided on. */
export interface StepRun {
  /**
   * Keeps what has to be kept, and writes `started`. `stale`: it is not wanted any more, or nobody knows whether it is;
   * nothing was written.
   */
  begin(decided: Decided, signal: AbortSignal): Promise<{ readonly denial: Denial } | 'stale' | StartedStep>;
  /** Does it, proves it, and writes `finished`. Rejects only if fettle itself is stopped meanwhile. */
  finish(started: StartedStep, signal: AbortSignal): Promise<void>;
}

/** What running a step needs. */
export interface StepRunOptions {
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

/** Looks have some seconds, what has to be kept 15 s, and a slow disk its own; a machine that slept meanwhile, more. */
export const MAX_DECISION_AGE_SECONDS = 25;

const WRITE_AGAIN_MS = 10_000;

/** Gives the walk from a decision to its end in the ledger. Nothing is done before the ledger says that it will be. */
export function createStepRun(options: StepRunOptions): StepRun {
  const { ledger, policies, keep, repair, pause, clock, moment, log } = options;
  const { history } = ledger;

  async function isStillWanted({ request: { alert }, set }: Decided, signal: AbortSignal): Promise<boolean> {
    const paused = await pause(signal);
    if (!paused.known || paused.value !== undefined) return false;
    // Last, and without a wait before the line is handed over.
    return policies() === set && !history.isResolved(alert.fingerprint, alert.startsAt);
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
    async begin(decided, signal) {
      const { request, unit, also, seenAt } = decided;
      const kept = await keep(request, unit, signal);
      if ('denial' in kept) return kept;
      signal.throwIfAborted();
      if (!(await isStillWanted(decided, signal))) return 'stale';
      const { limits, gpuProcesses, hash, change } = kept;
      const { id, policy, step, stepIndex } = request;
      const about = { id, policy: policy.name, unit: unit.id, action: step.action };
      const { activeState, invocationId } = unit;
      const started = { ...about, step: stepIndex, activeState, invocationId, evidence: hash, ...change };
      const together = also.length === 0 ? {} : { also: also.map((other) => other.id) };
      await ledger.append([{ event: 'started', ...started, ...together }]);
      log.info(about, 'step started');
      return {
        request: { ...request, unit: systemUnit(unit.id) },
        before: { unit, limits, gpuProcesses, also },
        decisionAgeSeconds: history.steadyAt(moment()) - seenAt,
      };
    },

    async finish({ request, before, decisionAgeSeconds: age }, signal) {
      const { id, policy, step, stepIndex, unit } = request;
      const isTooOld = age > MAX_DECISION_AGE_SECONDS && step.action !== 'notify';
      const report = isTooOld ? skipped(before, age) : await repair(request, before, signal);
      const about = { id, policy: policy.name, unit: unit.name, step: stepIndex, action: step.action };
      log.info({ ...about, ...report }, 'step finished');
      await writeInTheEnd({ event: 'finished', ...about, ...report }, signal);
    },
  };
}

/** As things were when it was decided they need not be any more. */
function skipped({ unit: { invocationId } }: Before, seconds: number): StepReport {
  const detail = `not taken: ${Math.round(seconds)} s went by between its decision and its order; the machine may have slept`;
  return { result: 'interrupted', detail, jobResult: JOB_SKIPPED, invocationId, seconds: 0 };
}
