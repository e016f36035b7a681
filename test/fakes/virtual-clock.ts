import type { Clock } from '../../src/domain/clock.ts';

/** A clock on which time passes only when the test says so. */
export interface VirtualClock extends Clock {
  /** Lets time pass, wakes sleepers in their order, and lets each do what it has to do before the next one. */
  advance(ms: number): Promise<void>;
}

/** A clock that begins at this moment, in milliseconds since 1970. */
export function createVirtualClock(startMs = 1_700_000_000_000): VirtualClock {
  let elapsed = 0;
  let sleepers: { readonly due: number; readonly wake: () => void }[] = [];

  function nextBefore(end: number) {
    return sleepers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
  }

  return {
    now: () => new Date(startMs + elapsed),
    elapsedMs: () => elapsed,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const onAbort = () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        };
        const sleeper = { due: elapsed + ms, wake };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    async advance(ms) {
      const end = elapsed + ms;
      await settled();
      for (let next = nextBefore(end); next !== undefined; next = nextBefore(end)) {
        const woken = next;
        sleepers = sleepers.filter((one) => one !== woken);
        elapsed = Math.max(elapsed, woken.due);
        woken.wake();
        await settled();
      }
      elapsed = end;
    },
  };
}

/** Lets all that is ready be done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
