import type { Clock } from '../domain/clock.ts';

/** The first value that is not undefined, or undefined when the time is over. Rejects with the signal's reason. */
export async function poll<T>(
  clock: Clock,
  limitMs: number,
  signal: AbortSignal,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const until = clock.elapsedMs() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined || clock.elapsedMs() >= until) return found;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

const LOOK_EVERY_MS = 100;
