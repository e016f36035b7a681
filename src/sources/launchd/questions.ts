import { Failure } from '../../domain/errors.ts';
import type { LaunchdQuestion } from '../../domain/launchd.ts';

/** An answer, or the failure that came instead of it. */
export type Answered<T> = { readonly value: T } | { readonly failure: Failure };

/** Questions about jobs, whose failures are counted. */
export interface Questions {
  /** Rejects if the reading was called off, which is no failure. */
  ask<T>(question: LaunchdQuestion, asking: Promise<T>, signal: AbortSignal): Promise<Answered<T>>;
  /** How often each has failed so far. */
  failures(): Readonly<Record<LaunchdQuestion, number>>;
}

/** Gives questions of which none has failed yet. */
export function createQuestions(): Questions {
  const failures: Record<LaunchdQuestion, number> = { list: 0, print: 0, 'print-disabled': 0, ps: 0 };
  return {
    async ask(question, asking, signal) {
      try {
        return { value: await asking };
      } catch (thrown) {
        signal.throwIfAborted();
        if (!(thrown instanceof Failure)) throw thrown;
        failures[question] += 1;
        return { failure: thrown };
      }
    },
    failures: () => ({ ...failures }),
  };
}

/** Whether launchctl answers nobody by now, so that to ask on would only cost time. */
export function isDeaf<T>(answer: Answered<T>): boolean {
  return 'failure' in answer && (answer.failure.code === 'timeout' || answer.failure.code === 'unreachable');
}
