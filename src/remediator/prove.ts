import type { Known } from '../domain/circumstances.ts';
import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import { withinLimit } from '../domain/limit.ts';
import type { RepairRequest, ServiceManager } from '../domain/repair.ts';
import type { Unit, UnitRef } from '../domain/unit.ts';
import { goalOf, judge, type Look, type Verdict } from './verify.ts';

/** Looks at a unit as it is now, within a limit. */
export type Looker = (unit: UnitRef, signal: AbortSignal) => Promise<Unit | undefined>;

/** Who can speak for or against a unit beside the unit itself. */
export interface Witnesses {
  /** Whether a probe succeeds, asked anew. */
  probe(name: string, signal: AbortSignal): Promise<Known<boolean>>;
  /** Pids of a unit's processes that have memory on a GPU. */
  gpuProcessesOf(unit: Unit, signal: AbortSignal): Promise<Known<readonly number[]>>;
  /** Pids of all processes that have memory on a GPU: one that hangs in the driver keeps it when its unit is gone. */
  gpuProcesses(signal: AbortSignal): Promise<Known<readonly number[]>>;
}

/** How the unit was before the step. */
export interface ProofStart {
  readonly unit: Unit;
  /** Its processes that hold memory of a GPU; empty where that does not matter. */
  readonly gpuProcesses: readonly number[];
}

/** What the looks have shown, and the unit's invocation at the last one; empty if that is not known. */
export interface Proof {
  readonly verdict: Verdict;
  readonly invocationId: string;
}

/** Looks again and again until the looks prove a step, or disprove it, or time is up. */
export type Prove = (request: RepairRequest, before: ProofStart, signal: AbortSignal) => Promise<Proof>;

/** How long one look at a unit may take. */
const LOOK_LIMIT_MS = 10_000;

/** Pause between two looks while a step is being proven. */
const LOOK_EVERY_MS = 250;

/** Pause between two questions to witnesses, which cost the service something. */
const ASK_EVERY_MS = 1000;

/** A look with a limit. */
export function createLooker(manager: ServiceManager): Looker {
  return (unit, signal) =>
    withinLimit(`looking at ${unit.name}`, LOOK_LIMIT_MS, signal, (limited) =>
      manager.inspect(unit, limited),
    );
}

/** Gives the eyes of the remediator. */
export function createProve(look: Looker, witnesses: Witnesses, clock: Clock): Prove {
  return async (request, before, signal) => {
    const looks: Look[] = [];
    const beganMs = clock.elapsedMs();
    for (;;) {
      const shown = await lookOnce(request, before, { looks, beganMs }, signal);
      if ('proof' in shown) return shown.proof;
      await clock.sleep(shown.pauseMs, signal);
    }
  };

  /** One more look; the proof, or how long to wait for the next one. */
  async function lookOnce(
    request: RepairRequest,
    before: ProofStart,
    { looks, beganMs }: { readonly looks: Look[]; readonly beganMs: number },
    signal: AbortSignal,
  ): Promise<{ readonly proof: Proof } | { readonly pauseMs: number }> {
    const { policy, unit: ref, step } = request;
    const seen = await lookOrExplain(ref, signal);
    if ('unit' in seen) looks.push({ atMs: clock.elapsedMs(), unit: seen.unit });
    const start = { invocationBefore: before.unit.invocationId, beganMs };
    const verdict = judge(goalOf(step), policy.verify, start, looks);
    const invocationId = looks.at(-1)?.unit?.invocationId ?? '';
    if (verdict.kind === 'failed') return { proof: { verdict, invocationId } };
    const isThere = verdict.kind === 'succeeded';
    const doubt = isThere ? await doubtOf(request, before, signal) : problemOf(seen);
    if (isThere && doubt === undefined) return { proof: { verdict, invocationId } };
    const isLate = clock.elapsedMs() - beganMs >= policy.verify.timeoutSeconds * 1000;
    if (isLate && doubt !== undefined) {
      return { proof: { verdict: { kind: 'failed', detail: doubt }, invocationId } };
    }
    return { pauseMs: isThere ? ASK_EVERY_MS : LOOK_EVERY_MS };
  }

  /** What speaks against a unit that is as it should be. */
  async function doubtOf(
    { policy, step }: RepairRequest,
    { gpuProcesses }: ProofStart,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { probe, gpuMemoryFreed } = policy.verify;
    const held = gpuMemoryFreed ? await stillHeld(gpuProcesses, signal) : undefined;
    if (held !== undefined || probe === undefined || !isToAnswer(goalOf(step))) return held;
    const answer = await witnesses.probe(probe, signal);
    if (!answer.known) return `the probe ${probe} could not be asked: ${answer.why}`;
    return answer.value ? undefined : `the unit is active, but its probe ${probe} fails`;
  }

  async function stillHeld(before: readonly number[], signal: AbortSignal): Promise<string | undefined> {
    if (before.length === 0) return undefined;
    const now = await witnesses.gpuProcesses(signal);
    if (!now.known) return `whether memory of GPUs was freed is not known: ${now.why}`;
    const left = before.filter((pid) => now.value.includes(pid));
    return left.length === 0
      ? undefined
      : `processes from before still hold memory of a GPU: ${left.join(', ')}`;
  }

  async function lookOrExplain(ref: UnitRef, signal: AbortSignal): Promise<Seen> {
    try {
      return { unit: await look(ref, signal) };
    } catch (thrown) {
      signal.throwIfAborted();
      return { problem: `the unit could not be looked at: ${messageOf(thrown)}` };
    }
  }
}

type Seen = { readonly unit: Unit | undefined } | { readonly problem: string };

function problemOf(seen: Seen): string | undefined {
  return 'problem' in seen ? seen.problem : undefined;
}

/** Whether a service that is as wanted answers its probe. */
function isToAnswer(goal: ReturnType<typeof goalOf>): boolean {
  return goal === 'started-anew' || goal === 'running';
}
