import { Aborts } from '../domain/aborts.ts';
import type { Clock } from '../domain/clock.ts';

/** Sleep that ends early when something has happened. */
export interface Waker {
  /** Wakes all who sleep. */
  wake(): void;
  /** For so many milliseconds, or until woken if there is no such number. Rejects with the signal's reason. */
  sleep(ms: number | undefined, signal: AbortSignal): Promise<void>;
}

/** Sleepers on a clock that can all be woken. */
export function createWaker(clock: Clock): Waker {
  let sleepers = new Set<AbortController>();
  const aborts = new Aborts();
  return {
    wake() {
      const woken = sleepers;
      sleepers = new Set();
      for (const sleeper of woken) sleeper.abort();
    },
    async sleep(ms, signal) {
      signal.throwIfAborted();
      const sleeper = new AbortController();
      const stopListening = aborts.listen(signal, () => sleeper.abort());
      sleepers.add(sleeper);
      try {
        await (ms === undefined ? aborted(sleeper.signal) : clock.sleep(ms, sleeper.signal));
      } catch (thrown) {
        if (!sleeper.signal.aborted) throw thrown;
      } finally {
        sleepers.delete(sleeper);
        stopListening();
      }
      signal.throwIfAborted();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
