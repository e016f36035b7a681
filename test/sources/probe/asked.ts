import { createProbeDeps } from '../../../src/app/probe-deps.ts';
import type { Probe, ProbeOutcome } from '../../../src/domain/probe.ts';
import type { ProbeDeps } from '../../../src/sources/probe/deps.ts';
import { createProbe } from '../../../src/sources/probe/factory.ts';
import { load } from '../../config/probes/load.ts';

/** A probe that is configured in these words; the timeout is long enough for a busy machine. */
export function probeOf(words: object, deps: ProbeDeps = createProbeDeps('/proc')): Probe {
  const plan = load({ name: 'asked', interval: '1m', timeout: '20s', ...words });
  return createProbe(plan, deps);
}

/** What a probe finds. */
export async function outcomeOf(words: object, signal = new AbortController().signal): Promise<ProbeOutcome> {
  return await probeOf(words).ask(signal);
}

/** Why a probe fails, or `none`, and the sentence that says so. */
export async function failureOf(
  words: object,
): Promise<{ readonly reason: string; readonly detail: string }> {
  return (await outcomeOf(words)).failure ?? { reason: 'none', detail: '' };
}
