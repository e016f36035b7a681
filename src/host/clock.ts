import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';

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
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};
