import { Aborts } from './aborts.ts';

/**
 * Lets at most so many pieces of work run at once; the others wait their turn.
 *
 * Who waits leaves the line when its signal fires, and rejects with its reason; what has begun goes on.
 */
export function createGate(
  limit: number,
): <T>(work: () => Promise<T>, signal?: AbortSignal | undefined) => Promise<T> {
  let running = 0;
  const waiting = new Set<() => void>();
  const aborts = new Aborts();

  function turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(enter);
        reject(signal?.reason);
      };
      const enter = () => {
        waiting.delete(enter);
        stopListening?.();
        resolve();
      };
      waiting.add(enter);
      const stopListening = signal && aborts.listen(signal, leave);
    });
  }

  return async (work, signal) => {
    signal?.throwIfAborted();
    if (running >= limit) await turn(signal);
    else running++;
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      // The place goes straight to the next in line, so that nobody can slip in between.
      const [next] = waiting;
      if (next === undefined) running--;
      else next();
    }
  };
}
