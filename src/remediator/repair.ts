import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import type { FinishedEvent } from '../domain/ledger.ts';
import { withinLimit } from '../domain/limit.ts';
import type { RepairRequest, ServiceManager } from '../domain/repair.ts';
import type { LimitValues } from '../domain/throttle.ts';
import type { Act, Answer, Means } from './act.ts';
import type { Proof, ProofStart, Prove } from './prove.ts';
import { goalOf, type Verdict } from './verify.ts';

/** How a step went, as the ledger tells it. */
export type StepReport = Pick<FinishedEvent, 'result' | 'detail' | 'jobResult' | 'invocationId' | 'seconds'>;

/** What is found before a step and needed to take and to prove it. */
export interface Before extends ProofStart, Means {}

/** Does what was decided, and proves it. Throws only if fettle itself is stopped meanwhile. */
export type Repair = (request: RepairRequest, before: Before, signal: AbortSignal) => Promise<StepReport>;

/** What a repair needs. */
export interface RepairOptions {
  readonly manager: ServiceManager;
  readonly act: Act;
  readonly prove: Prove;
  readonly clock: Clock;
}

/**
 * Gives the walk from a decision to its proof.
 *
 * The manager's word that a job is done proves nothing (a service that dies at once was "done", too), so
 * what counts is the unit: active, newly started, and still so after a while.
 */
export function createRepair({ manager, act, prove, clock }: RepairOptions): Repair {
  return async (request, before, signal) => {
    const began = clock.elapsedMs();
    const answer = await act(request, before, signal);
    const { verdict, invocationId } = await proven(request, before, answer, signal);
    return {
      result: verdict.kind === 'succeeded' ? 'succeeded' : 'failed',
      detail: detailOf(verdict, answer),
      jobResult: answer.accepted ? answer.jobResult : REFUSED,
      invocationId,
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
    const { action } = request.step;
    if (fault !== undefined && (action === 'run' || action === 'power_mode')) {
      return { verdict: { kind: 'failed', detail: fault }, invocationId };
    }
    if (action === 'throttle') {
      return { verdict: await limitsHold(request, before.limits, signal), invocationId };
    }
    if (goalOf(request.step) === 'nothing') return { verdict: { kind: 'succeeded', detail }, invocationId };
    const proof = await prove(request, before, signal);
    return fault === undefined ? proof : { ...proof, verdict: { kind: 'failed', detail: fault } };
  }

  async function limitsHold(
    { step, unit }: RepairRequest,
    wanted: LimitValues,
    signal: AbortSignal,
  ): Promise<Verdict> {
    if (step.action !== 'throttle') return { kind: 'failed', detail: 'not a throttle' };
    try {
      const what = `reading the limits of ${unit.name}`;
      const found = await withinLimit(what, LOOK_LIMIT_MS, signal, (own) =>
        manager.limitsOf(unit, step.limits, own),
      );
      const words = Object.entries(found).map(([name, value]) => `${name}=${value}`);
      if (sameLimits(wanted, found)) return { kind: 'succeeded', detail: `throttled: ${words.join(', ')}` };
      return { kind: 'failed', detail: `the limits are not as they were set: ${words.join(', ')}` };
    } catch (thrown) {
      signal.throwIfAborted();
      return { kind: 'failed', detail: `the limits could not be read back: ${messageOf(thrown)}` };
    }
  }
}

const LOOK_LIMIT_MS = 10_000;

/** Instead of the result of a job that the manager would not take, so that nothing was changed. */
const REFUSED = 'refused';

/** Whether what was set is what is there; whatever else is there does not matter. */
export function sameLimits(wanted: LimitValues, found: LimitValues): boolean {
  const there = new Map(Object.entries(found));
  return Object.entries(wanted).every(([name, value]) => there.get(name) === value);
}

function detailOf(verdict: Verdict, { jobResult, detail }: Answer): string {
  if (verdict.kind === 'pending') return 'given up';
  const isExplained = verdict.kind === 'succeeded' || jobResult === 'done' || verdict.detail === detail;
  return isExplained ? verdict.detail : `${verdict.detail}; ${detail}`;
}
