import type { Clock } from '../../domain/clock.ts';
import { kernelFileIfReadable } from '../../host/files/files.ts';
import { parseStartTime } from './stat.ts';
import { type ProcessUnit, unitOfCgroup } from './unit-of-cgroup.ts';

/** Finds the units of processes. */
export interface ProcessUnits {
  /**
   * The unit of a process, also of one that ended within the last minute if it was asked for while it ran; undefined
   * if there is no such process, or none that may be looked at.
   */
  unitOf(pid: number): ProcessUnit | undefined;
}

/** What is needed to find units. */
export interface ProcessUnitsOptions {
  /** Where procfs is mounted, as in `/proc`. */
  readonly procfs: string;
  /** Name of a user by number; the number itself where there is none. */
  readonly userName?: (uid: number) => string;
  readonly clock: Pick<Clock, 'elapsedMs'>;
  /** How long a process is remembered after its end. */
  readonly keepMs?: number;
  /** How many are remembered at most. */
  readonly maxKnown?: number;
}

/** One process, told from a later one of the same pid by its start. */
interface Known {
  readonly startTime: number;
  readonly unit: ProcessUnit;
  /** When it was first seen to be gone; undefined while it is there. */
  goneAt: number | undefined;
}

/** The kernel tells of a GPU's fault some time after it has killed who is at fault. */
const KEEP_MS = 60_000;

/** How often those that are gone are looked for. */
const SWEEP_EVERY_MS = 10_000;

/** So many are looked at each time, some 10 microseconds each; the others next time. */
const SWEEP = 512;

/** More than machines with GPUs run; some 3 MB. */
const MAX_KNOWN = 16_384;

/** Gives a finder that remembers those it was asked for. Reads two small files of procfs each time. */
export function createProcessUnits(options: ProcessUnitsOptions): ProcessUnits {
  const { procfs, userName = String, clock, keepMs = KEEP_MS, maxKnown = MAX_KNOWN } = options;
  const known = new Map<number, Known>();
  let sweptAt = clock.elapsedMs();

  function look(pid: number): Known | undefined {
    const startTime = parseStartTime(kernelFileIfReadable(`${procfs}/${pid}/stat`) ?? '');
    if (startTime === undefined) return undefined;
    const cgroup = kernelFileIfReadable(`${procfs}/${pid}/cgroup`);
    if (cgroup === undefined) return undefined;
    // It may have ended, and its pid been given away, between the two.
    if (parseStartTime(kernelFileIfReadable(`${procfs}/${pid}/stat`) ?? '') !== startTime) return undefined;
    return { startTime, goneAt: undefined, unit: named(unitOfCgroup(cgroup), userName) };
  }

  /** A process that is gone but remembered. */
  function remembered(pid: number, now: number): Known | undefined {
    const before = known.get(pid);
    if (before === undefined) return undefined;
    before.goneAt ??= now;
    if (now - before.goneAt <= keepMs) return before;
    known.delete(pid);
    return undefined;
  }

  /** Looks at those that were not looked at for longest, which stand first. */
  function sweep(now: number): void {
    if (now - sweptAt < SWEEP_EVERY_MS) return;
    sweptAt = now;
    for (const [pid, one] of [...known].slice(0, SWEEP)) {
      known.delete(pid);
      known.set(pid, one);
      const isThere = parseStartTime(kernelFileIfReadable(`${procfs}/${pid}/stat`) ?? '') === one.startTime;
      if (isThere) one.goneAt = undefined;
      else remembered(pid, now);
    }
  }

  function remember(pid: number, found: Known, now: number): ProcessUnit {
    const before = known.get(pid);
    // The same process and unit: the same object, so that readings made of it can be the same too.
    if (before?.startTime === found.startTime && areSame(before.unit, found.unit)) {
      before.goneAt = undefined;
      return before.unit;
    }
    if (before === undefined && known.size >= maxKnown) makeRoom(known, now - keepMs);
    known.set(pid, found);
    return found.unit;
  }

  return {
    unitOf(pid) {
      const now = clock.elapsedMs();
      sweep(now);
      const found = look(pid);
      return found === undefined ? remembered(pid, now)?.unit : remember(pid, found, now);
    },
  };
}

/** Forgets those who are gone since before a time, and if that is not a quarter, those gone longest, then any. */
function makeRoom(known: Map<number, Known>, beforeMs: number): void {
  const rank = ({ goneAt = Number.POSITIVE_INFINITY }: Known) => goneAt;
  const first = [...known].sort(([, one], [, other]) =>
    rank(one) < rank(other) ? -1 : Number(rank(one) > rank(other)),
  );
  const atLeast = known.size / 4;
  for (const [index, [pid, one]] of first.entries()) {
    if (index >= atLeast && rank(one) >= beforeMs) return;
    known.delete(pid);
  }
}

function named(found: ProcessUnit, userName: (uid: number) => string): ProcessUnit {
  return found.user === undefined ? found : { ...found, user: userName(Number(found.user)) };
}

function areSame(one: ProcessUnit, other: ProcessUnit): boolean {
  return one.unit === other.unit && one.user === other.user && one.container === other.container;
}
