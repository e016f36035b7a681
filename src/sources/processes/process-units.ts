import type { Clock } from '../../domain/clock.ts';
import { readKernelFile } from '../../host/files.ts';
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
}

/** One process, told from a later one of the same pid by its start. */
interface Known {
  readonly startTime: number;
  readonly unit: ProcessUnit;
  /** When it was first seen to be gone. */
  goneAt?: number;
}

/** The kernel tells of a GPU's fault some time after it has killed who is at fault. */
const KEEP_MS = 60_000;

/** How often those that are gone are looked for: looking at one takes some 20 microseconds. */
const SWEEP_EVERY_MS = 10_000;

/** So that looking at all of them stays below 10 ms. */
const MAX_KNOWN = 512;

/** Gives a finder that remembers those it was asked for. Reads two small files of procfs each time. */
export function createProcessUnits(options: ProcessUnitsOptions): ProcessUnits {
  const { procfs, userName = String, clock, keepMs = KEEP_MS } = options;
  const known = new Map<number, Known>();
  let sweptAt = clock.elapsedMs();

  function look(pid: number): Known | undefined {
    const startTime = parseStartTime(textOf(`${procfs}/${pid}/stat`) ?? '');
    if (startTime === undefined) return undefined;
    const cgroup = textOf(`${procfs}/${pid}/cgroup`);
    if (cgroup === undefined) return undefined;
    // It may have ended, and its pid been given away, between the two.
    if (parseStartTime(textOf(`${procfs}/${pid}/stat`) ?? '') !== startTime) return undefined;
    return { startTime, unit: named(unitOfCgroup(cgroup), userName) };
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

  function sweep(now: number): void {
    if (now - sweptAt < SWEEP_EVERY_MS) return;
    sweptAt = now;
    for (const [pid, { startTime }] of known) {
      if (parseStartTime(textOf(`${procfs}/${pid}/stat`) ?? '') !== startTime) remembered(pid, now);
    }
  }

  function remember(pid: number, found: Known): ProcessUnit {
    const before = known.get(pid);
    // The same process and unit: the same object, so that readings made of it can be the same too.
    if (before?.startTime === found.startTime && areSame(before.unit, found.unit)) return before.unit;
    // Whoever has been known longest goes first.
    known.delete(pid);
    for (const oldest of known.keys()) {
      if (known.size < MAX_KNOWN) break;
      known.delete(oldest);
    }
    known.set(pid, found);
    return found.unit;
  }

  return {
    unitOf(pid) {
      const now = clock.elapsedMs();
      sweep(now);
      const found = look(pid);
      return found === undefined ? remembered(pid, now)?.unit : remember(pid, found);
    },
  };
}

/** None of these files ever waits; one that may not be read is as one that is not there. */
function textOf(path: string): string | undefined {
  try {
    return readKernelFile(path);
  } catch {
    return undefined;
  }
}

function named(found: ProcessUnit, userName: (uid: number) => string): ProcessUnit {
  return found.user === undefined ? found : { ...found, user: userName(Number(found.user)) };
}

function areSame(one: ProcessUnit, other: ProcessUnit): boolean {
  return one.unit === other.unit && one.user === other.user && one.container === other.container;
}
