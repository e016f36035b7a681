import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import { withinLimit } from '../domain/limit.ts';
import type { Log } from '../domain/log.ts';

/** Something that is read again and again, and what it gave last. */
export interface Background<T> {
  /** At once; never waits for a reading. */
  last(): LastReading<T>;
  /** Settles when the first reading has ended, well or not. */
  readonly first: Promise<void>;
  /** Ends it; a reading that hangs is left behind. */
  stop(): void;
}

/** The state of a reading in the background. */
export interface LastReading<T> {
  /** Undefined before the first reading, and from a failed one until the next that goes well. */
  readonly value: T | undefined;
  /** Seconds since the value was read; undefined if there is none. */
  readonly ageSeconds: number | undefined;
  /** Readings that failed so far, those that hung too. */
  readonly failures: number;
  /** What went wrong the last time, in a sentence without its full stop; undefined if nothing did. */
  readonly problem: string | undefined;
  /** Whether a reading is over its limit and has not ended. No other is started meanwhile. */
  readonly stuck: boolean;
}

/** What is needed to read in the background. */
export interface BackgroundOptions<T> {
  /** For people, as in `reading AMD and Intel GPUs`. */
  readonly what: string;
  readonly read: (signal: AbortSignal) => Promise<T>;
  /** Between the end of one reading and the start of the next. */
  readonly everyMs: number;
  readonly limitMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Starts to read something on a schedule of its own, so that no scrape waits for it.
 *
 * One reading at a time: one that hangs (a driver that does not answer) is waited for, however long it takes, since
 * each more would take one more thread of Node's four. The log tells of the first failure after readings that went
 * well; those that come after it are told by `last()` alone, so whoever starts a reading has to look there.
 */
export function startBackground<T>(options: BackgroundOptions<T>): Background<T> {
  const { what, read, everyMs, limitMs, clock, log } = options;
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let good: { readonly value: T; readonly at: number } | undefined;
  let failures = 0;
  let problem: string | undefined;
  let stuck = false;

  function onFailure(thrown: unknown): void {
    good = undefined;
    failures += 1;
    const message = messageOf(thrown);
    if (problem === undefined) log.warn({ err: message }, `${what} failed`);
    // That it took too long says already what was being done.
    problem = message.startsWith(`${what}: `) ? message : `${what}: ${message}`;
  }

  /** Reads once, within the limit; gives the end of the work, which may be later. */
  async function readOnce(): Promise<{ readonly end: Promise<unknown> }> {
    let end: Promise<unknown> = Promise.resolve();
    try {
      const value = await withinLimit(what, limitMs, stopping.signal, (signal) => {
        const reading = read(signal);
        end = reading.catch(() => undefined);
        return reading;
      });
      good = { value, at: clock.elapsedMs() };
      problem = undefined;
    } catch (thrown) {
      if (!stopping.signal.aborted) onFailure(thrown);
    }
    return { end };
  }

  async function waitFor(end: Promise<unknown>): Promise<void> {
    stuck = true;
    await Promise.race([end, stopped]);
    stuck = false;
  }

  async function goOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(everyMs, stopping.signal).catch(() => undefined);
      if (!stopping.signal.aborted) await waitFor((await readOnce()).end);
    }
  }

  const beginning = readOnce();
  void beginning.then(({ end }) => waitFor(end)).then(goOn);
  return {
    first: beginning.then(() => undefined),
    last: () => ({
      value: good?.value,
      ageSeconds: good === undefined ? undefined : (clock.elapsedMs() - good.at) / 1000,
      failures,
      problem,
      stuck,
    }),
    stop: () => stopping.abort(),
  };
}
