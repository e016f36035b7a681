import type { CgroupFamily, CgroupValue } from '../../domain/cgroup.ts';
import type { CgroupReading, UnitReading } from '../../domain/reading.ts';
import { isCgroup2, isFolder } from '../../host/files.ts';
import type { KeptFiles } from '../../host/kept-files.ts';
import { type CgroupFile, CPUACCT, PER_CONTROLLER, type Put, UNIFIED } from './layout.ts';

/** A unit and where its cgroup is. */
export type CgroupUnit = Pick<UnitReading, 'name' | 'type' | 'controlGroup'>;

/** Reads the cgroups of units. */
export type CgroupReader = (units: readonly CgroupUnit[]) => Promise<readonly CgroupReading[]>;

/** What the reader needs. */
export interface CgroupReaderOptions {
  /** Where cgroups are mounted, as in `/sys/fs/cgroup`. */
  readonly root: string;
  /** Which files a cgroup has, as `layoutOf` finds it. */
  readonly layout: readonly CgroupFile[];
  readonly families: readonly CgroupFamily[];
  readonly files: KeptFiles;
  /** Lets others have their turn, between slices of the work. */
  readonly yieldTurn: () => Promise<void>;
}

/** Units read between two turns of the event loop: about 3 ms. */
const SLICE = 100;

/** A file that so many units in a row lack is one that this kernel lacks: the others are not asked. */
const ABSENT_AFTER = 16;

/**
 * Gives a reader of what the kernel accounts to each unit's cgroup, straight from the cgroup file system.
 *
 * Works where D-Bus does not, as long as the units are known. Units without a cgroup are left out. A file that
 * cannot be read costs one value; throws Failure `unreadable` only if there was none that could be read.
 */
export function createCgroupReader(options: CgroupReaderOptions): CgroupReader {
  const { root, layout, families, files, yieldTurn } = options;
  const wanted = layout.filter(({ family }) => families.includes(family));

  return async (units) => {
    const round = createRound(wanted, root, files);
    const readings: CgroupReading[] = [];
    for (const [index, { name, type, controlGroup }] of units.entries()) {
      if (index % SLICE === SLICE - 1) await yieldTurn();
      if (controlGroup === undefined) continue;
      readings.push({ unit: name, type, values: round.read(controlGroup) });
    }
    files.sweep();
    round.throwIfNothing();
    return readings;
  };
}

/** The files of a cgroup on this machine: v2, v1 with systemd's empty v2 tree beside it, or v1 alone. */
export function layoutOf(root: string): readonly CgroupFile[] {
  if (isCgroup2(root)) return UNIFIED;
  return isFolder(`${root}/unified`) ? PER_CONTROLLER : [...CPUACCT, ...PER_CONTROLLER];
}

/** One pass over all units, which remembers what this kernel does not have. */
function createRound(wanted: readonly CgroupFile[], root: string, files: KeptFiles) {
  const lacking = wanted.map(() => 0);
  let failure: unknown;
  let found = false;

  function text(path: string): string | undefined {
    try {
      return files.read(path);
    } catch (thrown) {
      failure = thrown;
      return undefined;
    }
  }

  return {
    read(controlGroup: string): CgroupReading['values'] {
      const values: Partial<Record<CgroupValue, number>> = {};
      const put: Put = (name, value) => {
        if (value !== undefined) values[name] = value;
      };
      for (const [index, file] of wanted.entries()) {
        const missed = lacking[index] ?? 0;
        if (missed >= ABSENT_AFTER) continue;
        const content = text(`${root}${file.tree}${controlGroup}/${file.name}`);
        // Once seen, never given up.
        lacking[index] = content === undefined ? missed + 1 : Number.NEGATIVE_INFINITY;
        if (content === undefined) continue;
        found = true;
        file.parse(content, put);
      }
      return withWorkingSet(values);
    },
    throwIfNothing() {
      if (!found && failure !== undefined) throw failure;
    },
  };
}

/** The kernel does not count the working set: it is what is used, less the cache that can be dropped at once. */
function withWorkingSet(values: Partial<Record<CgroupValue, number>>): CgroupReading['values'] {
  const current = values['memory.current'];
  const inactive = values['memory.inactiveFile'];
  if (current !== undefined && inactive !== undefined) {
    values['memory.workingSet'] = Math.max(0, current - inactive);
  }
  return values;
}
