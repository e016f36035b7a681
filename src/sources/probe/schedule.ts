import type { ProbeTiming } from '../../domain/probe.ts';

/** The first questions of all probes are spread over this. */
const LONGEST_FIRST_WAIT_MS = 10_000;

/** Part of the interval by which a wait may be longer or shorter. */
const JITTER = 0.05;

/** A few questions at a time: 20 a second are 5 at a time. */
const LONGEST_STEP_MS = 250;

/** When the first question of a probe is due, on the clock of `nowMs`: always as long after it for the same name. */
export function firstDueMs(name: string, nowMs: number, { intervalMs }: ProbeTiming): number {
  const waitMs = (hashOf(name) / 2 ** 32) * Math.min(intervalMs, LONGEST_FIRST_WAIT_MS);
  return Math.max(nowMs, inStep(nowMs + waitMs, intervalMs));
}

/**
 * When the next question is due, on the clock of `dueMs` and `nowMs`. `chance` is from 0 to 1.
 *
 * Measured from when the last one was due, so that slow answers do not make questions rarer; those that were missed
 * are not asked afterwards.
 */
export function nextDueMs(dueMs: number, nowMs: number, { intervalMs }: ProbeTiming, chance: number): number {
  return Math.max(nowMs, inStep(dueMs + intervalMs * (1 + JITTER * (2 * chance - 1)), intervalMs));
}

/**
 * Probes share the moments at which they are asked, as timers of systemd do (`AccuracySec=`): to wake a process that
 * sleeps costs about as much as a question over HTTP.
 */
function inStep(dueMs: number, intervalMs: number): number {
  const stepMs = Math.min(LONGEST_STEP_MS, intervalMs * JITTER);
  return Math.round(dueMs / stepMs) * stepMs;
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
