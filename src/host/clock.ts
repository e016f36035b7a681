import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { LONGEST_TIMER_MS } from '../domain/limit.ts';

/** Unix seconds at which the machine's monotonic clock was 0, by the wall clock of now. */
export function bootSeconds(): number {
  return Date.now() / 1000 - Number(process.hrtime.bigint()) / 1e9;
}

/** Lets everything else that is ready have its turn. */
export function yieldTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  elapsedMs: () => performance.now(),
  async sleep(ms, signal) {
    const options = signal === undefined ? {} : { signal };
    let left = ms;
    for (; left > LONGEST_TIMER_MS; left -= LONGEST_TIMER_MS)
      await delay(LONGEST_TIMER_MS, undefined, options);
    await delay(left, undefined, options);
  },
};
