import { Failure, messageOf } from '../../domain/errors.ts';
import { withinLimit } from '../../domain/limit.ts';
import type { ProbeFailure, ProbeOutcome } from '../../domain/probe.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { Line } from './line.ts';

/** What has been found out so far; told also where the question fails later on. */
export type Findings = {
  -readonly [K in keyof Omit<ProbeOutcome, 'failure' | 'values' | 'notes'>]: ProbeOutcome[K];
} & {
  readonly values: Map<string, number>;
  readonly notes: string[];
  /** What is being done, for the sentence that tells of a timeout: `connecting to 127.0.0.1:6379`. */
  stage?: string;
};

/**
 * One question: writes down what it finds as it goes, and throws a ProbeFault if not all is as it should be.
 *
 * The signal comes when time is up; `askWithin` makes an outcome of all this.
 */
export type Ask = (signal: AbortSignal, found: Findings) => Promise<void>;

/**
 * Asks a question within a limit. What it throws other than a ProbeFault is a fault of fettle (`internal`).
 *
 * Rejects only with the reason of `signal`. Work that does not listen to its own signal is left behind. Time that is
 * spent in `line` does not count.
 */
export async function askWithin(
  limitMs: number,
  signal: AbortSignal,
  ask: Ask,
  line?: Line,
): Promise<ProbeOutcome> {
  const found: Findings = { values: new Map(), notes: [] };
  let failure: ProbeFailure | undefined;
  try {
    await withinLimit('the answer', limitMs, signal, (limited, hold) => {
      line?.begin({ signal: limited, hold, found });
      return ask(limited, found);
    });
  } catch (thrown) {
    signal.throwIfAborted();
    failure = failureOf(thrown, limitMs, found.stage);
  }
  // A copy: work that was left behind may still write.
  const { stage: _, ...told } = found;
  return { ...told, values: new Map(found.values), notes: [...found.notes], failure };
}

function failureOf(thrown: unknown, limitMs: number, stage: string | undefined): ProbeFailure {
  if (thrown instanceof ProbeFault) return { reason: thrown.reason, detail: thrown.message };
  if (thrown instanceof Failure && thrown.code === 'timeout') {
    const doing = stage === undefined ? '' : `, while ${stage}`;
    return { reason: 'timeout', detail: `not done within ${limitMs / 1000} s${doing}` };
  }
  return { reason: 'internal', detail: `fettle itself failed: ${messageOf(thrown)}; please report it` };
}
