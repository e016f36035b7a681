import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import { type FinishedEvent, JOB_REFUSED } from '../domain/ledger.ts';
import type { RepairRequest, ServiceManager } from '../domain/repair.ts';
import type { Limits, LimitValues } from '../domain/throttle.ts';
import type { UnitRef } from '../domain/unit.ts';
import type { Act, Answer, Means } from './act.ts';
import { limitWords, sameLimits } from './limit-values.ts';
import { limitsNow } from './limits-now.ts';
import type { Looker, Proof, ProofStart, Prove } from './prove.ts';
import { goalOf, type Verdict } from './verify.ts';

/** How a step went, as the ledger tells it. */
export type StepReport = Pick<
  FinishedEvent,
  'result' | 'detail' | 'jobResult' | 'invocationId' | 'alsoInvocations' | 'seconds'
>;

/** What is found before a step and needed to take and to prove it. */
export interface Before extends ProofStart, Means {}

/** Does what was decided, and proves it. Throws only if fettle itself is stopped meanwhile. */
export type Repair = (request: RepairRequest, before: Before, signal: AbortSignal) => Promise<StepReport>;

/** What a repair needs. */
export interface RepairOptions {
  readonly manager: ServiceManager;
  readonly act: Act;
  readonly prove: Prove;
  readonly look: Looker;
  readonly clock: Clock;
}

/**
 * Gives the walk from a decision to its proof.
 *
 * The manager's word that a job is done proves nothing (a service that dies at once was "done", too), so
 * what counts is the unit: active, newly started, and still so after a while.
 */
export function createRepair({ manager, act, prove, look, clock }: RepairOptions): Repair {
  return async (request, before, signal) => {
    const began = clock.elapsedMs();
    const answer = await act(request, before, signal);
    const runs = await newRuns(request, before, signal);
    const { verdict, invocationId } = await proven(request, before, answer, signal);
    return {
      result: verdict.kind === 'succeeded' ? 'succeeded' : 'failed',
      detail: detailOf(verdict, answer),
      jobResult: answer.accepted || answer.hasActed ? answer.jobResult : JOB_REFUSED,
      invocationId,
      ...runs,
      seconds: (clock.elapsedMs() - began) / 1000,
    };
  };

  async function proven(
    request: RepairRequest,
    before: Before,
    { accepted, detail, fault }: Answer,
    signal: AbortSignal,
  ): Promise<Proof> {
    const { invocationId } = before.unit;
    if (!accepted) return { verdict: { kind: 'failed', detail }, invocationId };
    const { step, unit } = request;
    if (fault !== undefined && (step.action === 'run' || step.action === 'power_mode')) {
      return { verdict: { kind: 'failed', detail: fault }, invocationId };
    }
    if (step.action === 'throttle') {
      return { verdict: await limitsHold(unit, step.limits, before.limits, signal), invocationId };
    }
    if (goalOf(step) === 'nothing') return { verdict: { kind: 'succeeded', detail }, invocationId };
    const proof = await prove(request, before, signal);
    return fault === undefined ? proof : { ...proof, verdict: { kind: 'failed', detail: fault } };
  }

  /**
   * The runs that units have begun which were restarted together with it, looked at before anybody else can restart them: without them
   * fettle would take its own restarts for those of others.
   */
  async function newRuns(
    { unit: ref }: RepairRequest,
    { also }: Before,
    signal: AbortSignal,
  ): Promise<Pick<StepReport, 'alsoInvocations'>> {
    const found = await Promise.all(
      also.map(async ({ id: name, invocationId }) => {
        const now = await look({ ...ref, name }, signal).catch(() => undefined);
        signal.throwIfAborted();
        return now === undefined || now.invocationId === invocationId ? [] : [[name, now.invocationId]];
      }),
    );
    const runs = found.flat().filter(([, invocationId]) => invocationId !== '');
    return runs.length === 0 ? {} : { alsoInvocations: Object.fromEntries(runs) };
  }

  async function limitsHold(
    unit: UnitRef,
    limits: Limits,
    wanted: LimitValues,
    signal: AbortSignal,
  ): Promise<Verdict> {
    try {
      const found = await limitsNow(manager, unit, limits, signal);
      if (sameLimits(wanted, found)) return { kind: 'succeeded', detail: `throttled: ${limitWords(found)}` };
      return { kind: 'failed', detail: `the limits are not as they were set: ${limitWords(found)}` };
    } catch (thrown) {
      signal.throwIfAborted();
      return { kind: 'failed', detail: `the limits could not be read back: ${messageOf(thrown)}` };
    }
  }
}

function detailOf(verdict: Verdict, { jobResult, detail }: Answer): string {
  if (verdict.kind === 'pending') return 'given up';
  const isExplained = verdict.kind === 'succeeded' || jobResult === 'done' || verdict.detail === detail;
  return isExplained ? verdict.detail : `${verdict.detail}; ${detail}`;
}
