import type { Clock } from '../../domain/clock.ts';
import type { DaemonSpec } from '../../domain/daemon.ts';
import type { DaemonLook } from '../../host/processes/daemon.ts';
import { type FoundProcess, isSame, isStillThere } from '../../host/processes/pid-file.ts';
import { poll } from '../poll.ts';
import { abortLater } from './abort-later.ts';
import { type Done, done } from './outcome.ts';

/** A restart that ends a process. */
export interface Renewal {
  readonly daemon: DaemonSpec;
  /** As it was before. */
  readonly look: DaemonLook;
  /** That is to end. */
  readonly process: FoundProcess;
  /** Ends it; `starts`: and starts the daemon again by itself. */
  readonly first: { run(signal: AbortSignal): Promise<Done>; readonly starts: boolean };
  /** Starts the daemon; undefined if nothing can but `first`. */
  readonly start: ((look: DaemonLook) => Promise<Done>) | undefined;
}

/** What is needed to see a restart through. */
export interface RenewOptions {
  readonly procfs: string;
  readonly clock: Clock;
  readonly lookAt: (daemon: DaemonSpec) => Promise<DaemonLook>;
  /** How long a process may still take to end once its stop has failed, timed out or been called off. */
  readonly graceMs: number;
}

/**
 * Gives a way to restart a daemon that does not leave it stopped.
 *
 * Once the process has been asked to end, it is started again as soon as it has ended: also where the command has
 * said that it failed, where it took a little too long, and where the caller has called it off meanwhile. So this
 * settles later than the caller's signal, by the time of grace and that of the start at most, and rejects then.
 */
export function createRenew({ procfs, clock, lookAt, graceMs }: RenewOptions) {
  return async (renewal: Renewal, signal: AbortSignal): Promise<Done> => {
    signal.throwIfAborted();
    const late = abortLater(signal, graceMs);
    try {
      const outcome = await renewed(renewal, late.signal);
      signal.throwIfAborted();
      return outcome ?? done(`${renewal.daemon.name} was called off`, 'failed');
    } finally {
      late.clear();
    }
  };

  async function renewed(renewal: Renewal, late: AbortSignal): Promise<Done | undefined> {
    const { daemon, look, process, first, start } = renewal;
    const ended = await unlessAborted(late, first.run(late));
    if (ended !== undefined && isFinal(ended, first.starts)) return ended;
    const isGone = async () => (isStillThere(procfs, process) ? undefined : true);
    await unlessAborted(late, poll(clock, graceMs, late, isGone));
    if (isStillThere(procfs, process)) return stays(ended);
    const now = await lookAt(daemon);
    if (isAnew(now, look)) return first.starts ? ended : done(`${daemon.name} was started by somebody else`);
    if (start === undefined) return ended;
    const started = await start(now);
    const before = ended?.detail ?? `${daemon.name} has ended`;
    return started.accepted ? started : done(`${before}, but ${started.detail}`, 'failed');
  }
}

/** Whether there is a process that was not there before, or was and has ended already. */
export function isAnew(look: DaemonLook, before: DaemonLook): boolean {
  if (look.process !== undefined) {
    return before.process === undefined || !isSame(look.process, before.process);
  }
  return look.deadPid !== undefined && look.deadPid !== (before.deadPid ?? before.process?.pid);
}

/**
 * Nothing was done, or all. A command that restarts and has ended well may have started what has not written its pid
 * yet: a second start would put another beside it.
 */
function isFinal({ accepted, jobResult }: Done, starts: boolean): boolean {
  return !accepted || (starts && jobResult !== 'failed');
}

function stays(ended: Done | undefined): Done | undefined {
  return ended && { ...ended, detail: `${ended.detail}; if it ends later, nobody starts it again` };
}

/** What a promise gives; undefined if it was called off by that signal. */
async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return undefined;
  }
}
