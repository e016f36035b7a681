import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import type { FinishedLine } from '../domain/ledger.ts';
import { withinLimit } from '../domain/limit.ts';
import type { Action, Verification } from '../domain/policy.ts';
import type { Outcome, RepairRequest, ServiceManager } from '../domain/repair.ts';
import type { Unit, UnitRef } from '../domain/unit.ts';
import { judge, type Look, type Verdict } from './verify.ts';

/** Looks at a unit as it is now, within a limit. */
export type Looker = (unit: UnitRef, signal: AbortSignal) => Promise<Unit | undefined>;

/** How a repair went, as the ledger tells it. */
export type RepairReport = Pick<FinishedLine, 'result' | 'detail' | 'jobResult' | 'invocationId' | 'seconds'>;

/** Does what was decided, and proves it. Throws only if fettle itself is stopped meanwhile. */
export type Repair = (request: RepairRequest, before: Unit, signal: AbortSignal) => Promise<RepairReport>;

/** How long one look at a unit may take. */
const LOOK_LIMIT_MS = 10_000;

/** How long the manager may take over its job. */
const JOB_LIMIT_MS = 5 * 60_000;

/** Pause between two looks while a repair is being proven. */
const LOOK_EVERY_MS = 250;

/** A look with a limit. */
export function createLooker(manager: ServiceManager): Looker {
  return (unit, signal) =>
    withinLimit(`looking at ${unit.name}`, LOOK_LIMIT_MS, signal, (limited) =>
      manager.inspect(unit, limited),
    );
}

/**
 * Gives the walk from a decision to its proof.
 *
 * The manager's word that a job is done proves nothing (a service that dies at once was "done", too), so
 * what counts is the unit: active, newly started, and still so after a while.
 */
export function createRepair(manager: ServiceManager, look: Looker, clock: Clock): Repair {
  return async (request, before, signal) => {
    const began = clock.elapsedMs();
    const { verdict, ...rest } = await act(request, before, signal);
    const result = verdict.kind === 'succeeded' ? 'succeeded' : 'failed';
    const detail = verdict.kind === 'pending' ? 'given up' : verdict.detail;
    return { result, detail, ...rest, seconds: (clock.elapsedMs() - began) / 1000 };
  };

  async function act(
    { action, unit: ref, policy }: RepairRequest,
    before: Unit,
    signal: AbortSignal,
  ): Promise<Act> {
    const { accepted, detail, jobResult } = await ask(action, ref, signal);
    if (!accepted)
      return { verdict: { kind: 'failed', detail }, jobResult, invocationId: before.invocationId };
    const { verdict, invocationId } = await prove(ref, policy.verify, before.invocationId, signal);
    if (verdict.kind !== 'failed' || jobResult === 'done') return { verdict, jobResult, invocationId };
    return { verdict: { ...verdict, detail: `${verdict.detail}; ${detail}` }, jobResult, invocationId };
  }

  /** If the manager's answer is lost, the job may still be under way: the unit itself will tell. */
  async function ask(action: Action, ref: UnitRef, signal: AbortSignal): Promise<Answer> {
    try {
      const what = `${action} of ${ref.name}`;
      return await withinLimit(what, JOB_LIMIT_MS, signal, (limited) => manager.run(action, ref, limited));
    } catch (thrown) {
      signal.throwIfAborted();
      return { accepted: true, jobResult: '', detail: messageOf(thrown) };
    }
  }

  /** Looks again and again until the looks prove the repair, or disprove it, or time is up. */
  async function prove(
    ref: UnitRef,
    rule: Verification,
    invocationBefore: string,
    signal: AbortSignal,
  ): Promise<Omit<Act, 'jobResult'>> {
    const looks: Look[] = [];
    const start = { invocationBefore, beganMs: clock.elapsedMs() };
    for (;;) {
      const seen = await lookOrExplain(ref, signal);
      const atMs = clock.elapsedMs();
      if ('unit' in seen) looks.push({ atMs, unit: seen.unit });
      const verdict = judge(rule, start, looks);
      if (verdict.kind !== 'pending')
        return { verdict, invocationId: looks.at(-1)?.unit?.invocationId ?? '' };
      if ('problem' in seen && atMs - start.beganMs >= rule.timeoutSeconds * 1000) {
        return { verdict: { kind: 'failed', detail: seen.problem }, invocationId: '' };
      }
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  }

  async function lookOrExplain(
    ref: UnitRef,
    signal: AbortSignal,
  ): Promise<{ readonly unit: Unit | undefined } | { readonly problem: string }> {
    try {
      return { unit: await look(ref, signal) };
    } catch (thrown) {
      signal.throwIfAborted();
      return { problem: `the unit could not be looked at: ${messageOf(thrown)}` };
    }
  }
}

type Answer = Pick<Outcome, 'accepted' | 'jobResult' | 'detail'>;

interface Act {
  readonly verdict: Verdict;
  readonly jobResult: string;
  readonly invocationId: string;
}
