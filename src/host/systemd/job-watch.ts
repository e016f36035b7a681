import type { Bus } from '../bus.ts';
import { BusFault } from '../bus.ts';
import { isAway, listenToSystemd, MANAGER_SIGNALS, property, subscribe } from './systemd1.ts';

/** Follows systemd's jobs on one connection. */
export interface JobWatch {
  /**
   * Result of a job (`done`, `failed`, `canceled`, ...) once it has ended; empty if it ended untold.
   *
   * Throws if the signal calls it off or the bus goes away.
   */
  resultOf(job: string, signal: AbortSignal): Promise<string>;
}

/** Results of jobs that ended before anybody asked for them; the last few are enough. */
const RESULTS_KEPT = 256;

/** How often a job is looked for, since its end may go untold: a daemon-reexec loses the signal. */
const LOOK_EVERY_MS = 1000;

/** Starts to follow jobs. Must be there before the job is queued: a job can end before its reply is read. */
export async function createJobWatch(bus: Bus): Promise<JobWatch> {
  const ended = new Map<string, string>();
  const waiting = new Map<string, (result: string) => void>();
  await listenToSystemd(bus, [MANAGER_SIGNALS], ({ member, body }) => {
    if (member !== 'JobRemoved') return;
    const [, job, , result] = body;
    ended.set(String(job), String(result));
    if (ended.size > RESULTS_KEPT) ended.delete(ended.keys().next().value ?? '');
    waiting.get(String(job))?.(String(result));
  });
  await subscribe(bus).catch((thrown: unknown) => {
    if (!(thrown instanceof BusFault)) throw thrown;
  });

  /** Whether systemd may still have the job: while it is away, as in a daemon-reexec, nobody knows, and it has. */
  async function exists(job: string, signal: AbortSignal): Promise<boolean> {
    try {
      await property(bus, job, 'Job', 'State', signal);
      return true;
    } catch (thrown) {
      if (thrown instanceof BusFault) return isAway(thrown);
      throw thrown;
    }
  }

  async function resultOf(job: string, signal: AbortSignal): Promise<string> {
    const told = new Promise<string>((resolve) => waiting.set(job, resolve));
    try {
      for (;;) {
        const result = ended.get(job) ?? (await soon(told, signal));
        if (result !== undefined) return result;
        if (!(await exists(job, signal))) return ended.get(job) ?? '';
      }
    } finally {
      waiting.delete(job);
    }
  }

  return { resultOf };
}

/** The result if it is told within a moment, else undefined. */
async function soon(told: Promise<string>, signal: AbortSignal): Promise<string | undefined> {
  signal.throwIfAborted();
  let end: () => void = () => undefined;
  const moment = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined);
  });
  const timer = setTimeout(end, LOOK_EVERY_MS);
  signal.addEventListener('abort', end, { once: true });
  const result = await Promise.race([told, moment]);
  clearTimeout(timer);
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  return result;
}
