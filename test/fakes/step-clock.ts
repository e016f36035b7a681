import type { Clock } from '../../src/domain/clock.ts';
import { systemClock } from '../../src/host/clock.ts';

/** A clock whose sleepers wake when the test says so, however long they meant to sleep. */
export interface StepClock extends Clock {
  /** How long each sleeper so far has meant to sleep, in milliseconds. */
  readonly sleeps: readonly number[];
  /** Wakes whoever sleeps. */
  wake(): void;
}

/** A clock that shows the machine's time. */
export function createStepClock(): StepClock {
  const sleeps: number[] = [];
  let sleeping: (() => void)[] = [];
  return {
    now: systemClock.now,
    elapsedMs: systemClock.elapsedMs,
    sleeps,
    sleep(ms, signal) {
      sleeps.push(ms);
      return new Promise((resolve, reject) => {
        if (signal?.aborted) reject(signal.reason);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        sleeping.push(resolve);
      });
    },
    wake() {
      const woken = sleeping;
      sleeping = [];
      for (const resolve of woken) resolve();
    },
  };
}
