import type { Clock } from '../../domain/clock.ts';

/** What a watch is made of. */
export interface WatchParts<Reading> {
  readonly read: () => Promise<Reading>;
  readonly show: (reading: Reading) => void;
  readonly intervalMs: number;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly stop: AbortSignal;
}

/** Reads and shows something again and again until it is told to stop. */
export async function watch<Reading>(parts: WatchParts<Reading>): Promise<void> {
  const { read, show, intervalMs, clock, stop } = parts;
  while (!stop.aborted) {
    const reading = await read();
    if (stop.aborted) return;
    show(reading);
    await clock.sleep(intervalMs, stop).catch((thrown: unknown) => {
      if (!stop.aborted) throw thrown;
    });
  }
}
