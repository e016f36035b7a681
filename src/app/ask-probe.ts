import type { ProbeOutcome } from '../domain/probe.ts';
import type { ProbePlan } from '../domain/probes/plan.ts';
import { createProbe } from '../sources/probe/factory.ts';
import { createProbeDeps } from './probe-deps.ts';

/** Asks a probe once, now. Rejects only with the reason of the signal. */
export async function askProbe(plan: ProbePlan, procfs: string, signal: AbortSignal): Promise<ProbeOutcome> {
  return await createProbe(plan, createProbeDeps(procfs)).ask(signal);
}
