import type { Owner, WorldTime } from './time.ts';

/** Something that a process asks of the world. */
export interface Call<T> {
  /** Until it has its effect; undefined: it never has one. */
  readonly effectMs: number | undefined;
  /** From the effect, or from the question if there is none, to the answer; undefined: there never is one. */
  readonly answerMs: number | undefined;
  /** What the answer will be; throws for an error. */
  readonly effect: () => T;
}

/** Between an effect and its answer, so that a process can end between the two. */
export const ANSWER_MS = 1;

/**
 * Asks something of the world: the effect comes whether or not the process still lives, the answer only if it does.
 *
 * Rejects with the signal's reason when that fires; what was asked for is done all the same.
 */
export function ask<T>(
  time: WorldTime,
  owner: Owner,
  signal: AbortSignal | undefined,
  call: Call<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const answer = (tell: () => void) => {
      if (call.answerMs === undefined) return;
      time.after(call.answerMs, owner, () => {
        signal?.removeEventListener('abort', onAbort);
        tell();
      });
    };
    if (call.effectMs === undefined) return;
    time.after(call.effectMs, 'machine', () => {
      try {
        const value = call.effect();
        answer(() => resolve(value));
      } catch (thrown) {
        answer(() => reject(thrown));
      }
    });
  });
}
