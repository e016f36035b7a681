import type { CgroupFamily } from '../../domain/cgroup.ts';
import { createGate } from '../../domain/gate.ts';
import type { CgroupReading } from '../../domain/reading.ts';
import { isCgroup2, isFolder } from '../../host/files/files.ts';
import type { KeptFile, KeptFiles } from '../../host/files/kept-files.ts';
import { type CgroupFile, CPUACCT, PER_CONTROLLER, UNIFIED } from './layout.ts';
import { type CgroupUnit, createUnitCgroup, type ReadFile, type UnitCgroup } from './unit-cgroup.ts';

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
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
  /** Lets others have their turn, between slices of the work. */
  readonly yieldTurn: () => Promise<void>;
}

/** Reading goes on for so long between two turns of the event loop. */
const SLICE_MS = 1;

/** A file that so many cgroups lack which have its controller is one that this kernel lacks: it is not asked for. */
const ABSENT_AFTER = 16;

/**
 * Gives a reader of what the kernel accounts to each unit's cgroup, straight from the cgroup file system.
 *
 * Works where D-Bus does not, as long as the units are known. Units without a cgroup are left out. A file that
 * cannot be read costs one value; throws Failure `unreadable` only if there was none that could be read.
 */
export function createCgroupReader(options: CgroupReaderOptions): CgroupReader {
  const { root, layout, families, files, elapsedMs, yieldTurn } = options;
  const wanted = layout.filter(({ family }) => families.includes(family));
  const inTurn = createGate(1);
  let followed = new Map<string, UnitCgroup>();

  async function readAll(units: readonly CgroupUnit[]): Promise<readonly CgroupReading[]> {
    const before = followed;
    followed = new Map();
    const round = createRound(({ tree, name }, controlGroup) =>
      files.file(`${root}${tree}${controlGroup}/${name}`),
    );
    const readings: CgroupReading[] = [];
    let sliceMs = elapsedMs();
    for (const unit of units) {
      if (elapsedMs() - sliceMs > SLICE_MS) {
        await yieldTurn();
        sliceMs = elapsedMs();
      }
      if (unit.controlGroup === undefined) continue;
      const place = `${unit.name}${unit.controlGroup}`;
      const cgroup = before.get(place) ?? createUnitCgroup(unit, wanted, shareOf(place));
      followed.set(place, cgroup);
      readings.push(cgroup.read(round.readerIn(unit.controlGroup), elapsedMs()));
    }
    for (const [place, cgroup] of before) if (!followed.has(place)) cgroup.close();
    round.throwIfNothing();
    return readings;
  }

  return (units) => inTurn(() => readAll(units));
}

/** The files of a cgroup on this machine: v2, v1 with systemd's empty v2 tree beside it, or v1 alone. */
export function layoutOf(root: string): readonly CgroupFile[] {
  if (isCgroup2(root)) return UNIFIED;
  return isFolder(`${root}/unified`) ? PER_CONTROLLER : [...CPUACCT, ...PER_CONTROLLER];
}

/** A number from 0 to 1 that is always the same for a text, to spread work by. */
function shareOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) % 1024;
  return hash / 1024;
}

/** One pass over all units, which remembers what this kernel does not have. */
function createRound(fileAt: (spec: CgroupFile, controlGroup: string) => KeptFile) {
  const lacking = new Map<CgroupFile, number>();
  let failure: unknown;
  let found = false;

  function note(spec: CgroupFile, isThere: boolean, hasController: boolean): void {
    // Once seen, never given up.
    if (isThere) lacking.set(spec, Number.NEGATIVE_INFINITY);
    else if (hasController) lacking.set(spec, (lacking.get(spec) ?? 0) + 1);
    found ||= isThere;
  }

  return {
    /** Reads files of one cgroup. A controller is switched on for a slice; the first file of it tells. */
    readerIn(controlGroup: string): ReadFile {
      const controllers = new Map<string, boolean>();
      return (file) => {
        const controller = controllerOf(file.spec);
        const isOn = controllers.get(controller);
        if (isOn === false || (lacking.get(file.spec) ?? 0) >= ABSENT_AFTER) return undefined;
        file.kept ??= fileAt(file.spec, controlGroup);
        try {
          const text = file.kept.read();
          if (isOn === undefined) controllers.set(controller, text !== undefined);
          note(file.spec, text !== undefined, isOn === true);
          return text;
        } catch (thrown) {
          failure = thrown;
          return undefined;
        }
      };
    },
    throwIfNothing() {
      if (!found && failure !== undefined) throw failure;
    },
  };
}

/** Files that a cgroup has together or not at all. */
function controllerOf({ tree, name, family }: CgroupFile): string {
  return `${tree}/${family === 'pressure' ? family : name.split('.', 1)[0]}`;
}
