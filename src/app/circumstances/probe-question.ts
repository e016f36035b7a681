import type { Known } from '../../domain/circumstances.ts';
import type { ProbeOutcome } from '../../domain/probe.ts';
import type { ProbePlan } from '../../domain/probes/plan.ts';
import { flatWithin } from '../known.ts';

/** Asks a probe once; rejects only with the reason of the signal. */
export type AskProbe = (plan: ProbePlan, signal: AbortSignal) => Promise<ProbeOutcome>;

/** Whether a probe succeeds, asked once in each decision, however often it is named. Never throws. */
export type ProbeQuestion = (name: string) => Promise<Known<boolean>>;

/** A probe keeps its own limit; this is for one that does not. */
const GRACE_MS = 1000;

/** Gives the answers for one decision. */
export function createProbeQuestion(
  plans: readonly ProbePlan[],
  ask: AskProbe,
  signal: AbortSignal,
): ProbeQuestion {
  const asked = new Map<string, Promise<Known<boolean>>>();

  async function answer(name: string): Promise<Known<boolean>> {
    const plan = plans.find((one) => one.name === name);
    if (plan === undefined) return { known: false, why: `there is no probe ${name} in the configuration` };
    const limitMs = plan.timing.timeoutMs + GRACE_MS;
    return await flatWithin(`asking probe ${name}`, limitMs, signal, async (limited) =>
      verdict(plan, await ask(plan, limited)),
    );
  }

  return (name) => {
    const given = asked.get(name) ?? answer(name);
    asked.set(name, given);
    return given;
  };
}

/** A question that could not be put says nothing about the service, and no reason to repair it. */
function verdict({ name, type }: ProbePlan, { failure }: ProbeOutcome): Known<boolean> {
  if (failure === undefined) return { known: true, value: true };
  const { reason, detail } = failure;
  const isOfFiles = type === 'file' || type === 'directory' || type === 'pidfile';
  const isOurs = reason === 'internal' || reason === 'start' || (reason === 'unreadable' && !isOfFiles);
  return isOurs
    ? { known: false, why: `probe ${name} could not be asked: ${detail}` }
    : { known: true, value: false };
}
