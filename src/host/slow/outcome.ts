/**
 * What came of asking: the value, or why there is none: the kernel's name for it (`EAGAIN`), `timeout` if it did
 * not answer, or `UNASKED`.
 */
export type Outcome<T> = { readonly value: T } | { readonly error: string };

/**
 * Nobody asked: something else of the same device hangs, or what hangs has all places. It says nothing about what
 * was to be asked.
 */
export const UNASKED = 'unasked';

/** Whether there is no answer, for whichever reason: what was known before may still be so. */
export function isUnanswered(outcome: Outcome<unknown>): boolean {
  return 'error' in outcome && (outcome.error === 'timeout' || outcome.error === UNASKED);
}
