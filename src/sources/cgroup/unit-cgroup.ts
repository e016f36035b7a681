import { CGROUP_VALUES, type CgroupValue, type CgroupValues } from '../../domain/cgroup.ts';
import type { CgroupReading, UnitReading } from '../../domain/reading.ts';
import type { KeptFile } from '../../host/files/kept-files.ts';
import type { CgroupFile, Changes, Put } from './layout.ts';

/** A unit and where its cgroup is. */
export interface CgroupUnit extends Pick<UnitReading, 'name' | 'type' | 'controlGroup'> {
  /** Whose manager the unit is in; none: the system's. */
  readonly user?: string;
}

/** A file of one unit's cgroup, while it is of use: kept open, with what was in it the last time. */
export interface UnitFile {
  readonly spec: CgroupFile;
  kept: KeptFile | undefined;
  text: string | undefined;
}

/** Reads a file of the cgroup that is read now; undefined if there is none, or it cannot be read. */
export type ReadFile = (file: UnitFile) => string | undefined;

/** One unit's cgroup, which remembers what it has read. */
export interface UnitCgroup {
  /** What the cgroup says now; the same object as before if it says the same. */
  read(readFile: ReadFile, nowMs: number): CgroupReading;
  close(): void;
}

/** Values of a cgroup at rest are read again after this time, less up to half of it. */
const REREAD_MS = 60_000;

/**
 * Follows one unit's cgroup.
 *
 * A cgroup is at rest as long as neither its CPU time nor its memory changes: no task of it has run, so none was
 * born, refused or killed. Then of its files only those are read that can change nonetheless, such as pressure,
 * and the others within a minute.
 */
export function createUnitCgroup(
  { name, type, user }: CgroupUnit,
  layout: readonly CgroupFile[],
  spread: number,
): UnitCgroup {
  const files = layout.map((spec): UnitFile => ({ spec, kept: undefined, text: undefined }));
  const changing = (changes: Changes) => files.filter(({ spec }) => spec.changes === changes);
  const pulse = changing('with-every-run');
  const live = changing('at-any-time');
  // Without both, nobody can tell whether anything has run.
  const canRest = new Set(pulse.map(({ spec }) => spec.family)).size === 2;
  let last: CgroupReading | undefined;
  let dueMs = 0;

  function hasMoved(readFile: ReadFile): boolean {
    let moved = !canRest;
    for (const file of pulse) {
      const text = readFile(file);
      if (text === undefined || text !== file.text) moved = true;
      file.text = text;
    }
    return moved;
  }

  function readAll(readFile: ReadFile): CgroupReading {
    const values: Partial<Record<CgroupValue, number>> = {};
    for (const file of files) {
      if (file.spec.changes !== 'with-every-run') file.text = readFile(file);
      if (file.text !== undefined) file.spec.parse(file.text, putInto(values));
    }
    return keepIfSame(withWorkingSet(values));
  }

  function readLive(before: CgroupReading, readFile: ReadFile): CgroupReading {
    const values: Partial<Record<CgroupValue, number>> = { ...before.values };
    for (const file of live) {
      file.text = readFile(file);
      file.spec.parse(file.text ?? '', putInto(values));
    }
    return keepIfSame(values);
  }

  function keepIfSame(values: CgroupValues): CgroupReading {
    return last !== undefined && areEqual(last.values, values) ? last : { user, unit: name, type, values };
  }

  return {
    read(readFile, nowMs) {
      const isFirst = last === undefined;
      const moved = hasMoved(readFile);
      if (last === undefined || moved || nowMs >= dueMs) {
        last = readAll(readFile);
        dueMs = nowMs + REREAD_MS * (1 - spread / 2);
        // Most cgroups are at rest, and each doubling of a process's table of files takes the kernel 15 ms.
        if (isFirst || !moved) for (const file of changing('with-the-others')) forget(file);
      } else if (live.length > 0) {
        last = readLive(last, readFile);
      }
      return last;
    },
    close() {
      for (const file of files) forget(file);
    },
  };
}

function forget(file: UnitFile): void {
  file.kept?.close();
  file.kept = undefined;
  file.text = undefined;
}

/** A value that is no more is taken out. */
function putInto(values: Partial<Record<CgroupValue, number>>): Put {
  return (name, value) => {
    if (value === undefined) delete values[name];
    else values[name] = value;
  };
}

function areEqual(before: CgroupValues, now: CgroupValues): boolean {
  return CGROUP_VALUES.every((name) => before[name] === now[name]);
}

/** The kernel does not count the working set: it is what is used, less the cache that can be dropped at once. */
function withWorkingSet(values: Partial<Record<CgroupValue, number>>): CgroupValues {
  const current = values['memory.current'];
  const inactive = values['memory.inactiveFile'];
  if (current !== undefined && inactive !== undefined) {
    values['memory.workingSet'] = Math.max(0, current - inactive);
  }
  return values;
}
