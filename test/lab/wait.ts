import { setTimeout as sleep } from 'node:timers/promises';

/** How long to look, and how often. */
export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/**
 * The first value of `probe` that is not `undefined`.
 *
 * A probe that throws counts as "not yet". When the limit passes, the error names `what` never came
 * true and carries the last thing the probe threw as its cause.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  { timeoutMs = 30_000, everyMs = 50 }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await withLimit(probe, deadline - performance.now());
      if (value !== undefined) return value;
      lastError = undefined;
    } catch (error) {
      // The last round is often cut short; what the rounds before it said tells more.
      if (error !== hung || lastError === undefined) lastError = error;
    }
    if (performance.now() + everyMs > deadline) throw neverTrue(what, timeoutMs, lastError);
    await sleep(everyMs);
  }
}

const hung = new Error('the probe itself did not answer');

/** A probe that hangs must not outlive the limit. */
async function withLimit<T>(
  probe: () => Promise<T | undefined> | T | undefined,
  limitMs: number,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(hung), Math.max(limitMs, 1));
  });
  try {
    return await Promise.race([probe(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

function neverTrue(what: string, timeoutMs: number, cause: unknown): Error {
  const last = cause === undefined ? '' : `; last error: ${cause instanceof Error ? cause.message : cause}`;
  return new Error(`waited ${timeoutMs / 1000} s, never true: ${what}${last}`, { cause });
}
