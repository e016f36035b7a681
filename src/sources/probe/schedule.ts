import type { ProbeTiming } from '../../domain/probe.ts';

/** The first questions of all probes are spread over this. */
const LONGEST_FIRST_WAIT_MS = 10_000;

/** Part of the interval by which a wait may be longer or shorter. */
const JITTER = 0.05;

/** Milliseconds from the start to the first question of a probe: always the same for the same name. */
export function firstWaitMs(name: string, { intervalMs }: ProbeTiming): number {
  return (hashOf(name) / 2 ** 32) * Math.min(intervalMs, LONGEST_FIRST_WAIT_MS);
}

/**
 * When the next question is due, on the clock of `dueMs` and `nowMs`. `chance` is from 0 to 1.
 *
 * Measured from when the last one was due, so that slow answers do not make questions rarer; those that were missed
 * are not asked afterwards.
 */
export function nextDueMs(dueMs: number, nowMs: number, { intervalMs }: ProbeTiming, chance: number): number {
  return Math.max(nowMs, dueMs + intervalMs * (1 + JITTER * (2 * chance - 1)));
}

/** How old an answer may be before it says nothing about now: three were missed. */
export function staleAfterMs({ intervalMs, timeoutMs }: ProbeTiming): number {
  return 3 * intervalMs + timeoutMs;
}

/** FNV-1a, 32 bits, with the bits mixed once more: names that differ in the last letter only lie far apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
