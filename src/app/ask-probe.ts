import type { ProbeOutcome } from '../domain/probe.ts';
import type { ProbePlan } from '../domain/probes/plan.ts';
import { createProbe } from '../sources/probe/factory.ts';
import { createProbeDeps } from './probe-deps.ts';

/** Asks a probe once, now, and leaves no program behind. Rejects only with the reason of the signal. */
export async function askProbe(plan: ProbePlan, procfs: string, signal: AbortSignal): Promise<ProbeOutcome> {
  const deps = createProbeDeps(procfs);
  try {
    return await createProbe(plan, deps).ask(signal);
  } finally {
    await deps.commandRuns.stop();
  }
}
