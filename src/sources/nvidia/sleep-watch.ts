import type { Clock } from '../../domain/clock.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { NvidiaDeviceReader } from './devices.ts';
import { planOf } from './plan.ts';

/** What a watch needs. */
export interface SleepWatchParts {
  readonly readDevices: NvidiaDeviceReader;
  /** Between two looks; they are made every 5 s at least. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once a GPU sleeps, and again as long as one does. */
  onSleep(): void;
}

const LONGEST_MS = 5000;

/** Looks again and again whether a GPU has gone to sleep, until it is stopped. */
export function startSleepWatch(parts: SleepWatchParts): { stop(): void } {
  const { readDevices, intervalMs, clock, log, onSleep } = parts;
  const watching = new AbortController();
  const { signal } = watching;

  async function watch(): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(Math.min(intervalMs, LONGEST_MS), signal).catch(() => undefined);
      if (signal.aborted) return;
      const plan = planOf(await readDevices());
      const someSleep = plan.kind === 'rest' || plan.only !== undefined;
      if (someSleep && !signal.aborted) onSleep();
    }
  }

  watch().catch((thrown: unknown) =>
    log.error({ err: messageOf(thrown) }, 'watching NVIDIA GPUs went wrong'),
  );
  return { stop: () => watching.abort() };
}
