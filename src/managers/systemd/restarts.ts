import type { Bus } from '../../host/bus.ts';
import {
  invocationText,
  loadUnit,
  property,
  restartUnit,
  someProperties,
} from '../../host/systemd/systemd1.ts';
import { unlessLost } from './answer.ts';
import { enqueueAfterResetFailed } from './enqueue-after-reset-failed.ts';

/** A job that is queued; undefined: the restart is over already, together with that of another unit. */
export type Restart = { readonly job: string | undefined };

/** Queues the restart of a unit. Throws BusFault if systemd refuses it, or the reason of the signal. */
export type QueueRestart = (bus: Bus, name: string, signal: AbortSignal) => Promise<Restart>;

interface Member {
  readonly name: string;
  readonly bus: Bus;
  readonly signal: AbortSignal;
  readonly settle: (restart: Promise<Restart>) => void;
}

/** A unit's present run, and the job that it has. */
interface Now {
  readonly invocationId: string;
  readonly job: string | undefined;
}

/** Types of jobs that a restart has; once the unit is down it goes on as a start. */
const RESTARTS: readonly unknown[] = ['restart', 'start'];

/**
 * Gives a way to restart units, each of them once.
 *
 * Those asked for in the same turn of the event loop are a group, queued in that order. A restart takes along the
 * units that require the restarted one; another restart of such a unit, sent while polkit was still being asked about
 * it, came after the first one was over in one of 30 cases (252, oneshot services), and it was started twice. So
 * each further unit of a group is looked at when those before it are queued, and its restart is then only followed.
 */
export function createRestarts(): QueueRestart {
  let group: Member[] = [];

  function flush(): void {
    const members = group;
    group = [];
    queueAll(members);
  }

  return (bus, name, signal) => {
    return unlessAborted(signal, (settle) => {
      if (group.length === 0) setImmediate(flush);
      group.push({ bus, name, signal, settle });
    });
  };
}

async function queueAll(members: readonly Member[]): Promise<void> {
  const before = members.length === 1 ? [] : await Promise.all(members.map(lookOrNothing));
  for (const [index, member] of members.entries()) {
    const restart = index === 0 ? queue(member) : queueUnlessTaken(member, before[index]);
    member.settle(restart);
    await restart.catch(() => undefined);
  }
}

async function queue({ bus, name, signal }: Member): Promise<Restart> {
  signal.throwIfAborted();
  const restart = () => restartUnit(bus, name, signal);
  return { job: await unlessLost(`restart ${name}`, enqueueAfterResetFailed(bus, name, restart, signal)) };
}

/** Queues a restart unless that of a unit before it has taken this one along. */
async function queueUnlessTaken(member: Member, before: Now | undefined): Promise<Restart> {
  const now = await lookOrNothing(member);
  if (before === undefined || now === undefined) return await queue(member);
  if (now.job === undefined) {
    return now.invocationId === before.invocationId ? await queue(member) : { job: undefined };
  }
  const isNew = now.job !== before.job;
  return isNew && (await isRestart(member, now.job)) ? { job: now.job } : await queue(member);
}

/** Whether a job is a restart; one that has ended meanwhile was one if it was new. */
async function isRestart({ bus, signal }: Member, job: string): Promise<boolean> {
  const type = await property(bus, job, 'Job', 'JobType', signal).catch(() => 'restart');
  return RESTARTS.includes(type);
}

/** What cannot be looked at is restarted as if it were alone: systemd will say what is wrong. */
async function lookOrNothing({ bus, name, signal }: Member): Promise<Now | undefined> {
  try {
    const path = await loadUnit(bus, name, signal);
    const unit = await someProperties(bus, path, 'Unit', ['InvocationID', 'Job'], signal);
    return { invocationId: invocationText(unit.get('InvocationID')), job: jobOf(unit.get('Job')) };
  } catch {
    return undefined;
  }
}

/** The object of a job, of a property with its number and its object; number 0 is none. */
function jobOf(value: unknown): string | undefined {
  const [id, path] = Array.isArray(value) ? value : [];
  return id ? String(path) : undefined;
}

/** What is settled by somebody else, or the reason of the signal as soon as there is one. */
async function unlessAborted<T>(
  signal: AbortSignal,
  begin: (settle: (result: Promise<T>) => void) => void,
): Promise<T> {
  signal.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    begin((result) => {
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    });
  });
}
