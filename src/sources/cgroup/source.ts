import type { CgroupReading, UnitReading } from '../../domain/reading.ts';
import { isCgroup2, readKernelFile } from '../../host/files.ts';
import { type CpuTimes, parseCount, parseCpuacct, parseCpuStat } from './parse.ts';

/** A unit and where its cgroup is. */
export type CgroupUnit = Pick<UnitReading, 'name' | 'type' | 'controlGroup'>;

/** Reads a file of the kernel; undefined where there is none, or where it cannot be read. */
type Read = (path: string) => string | undefined;

/** What a unit's cgroup says. */
interface Accounts {
  readonly memoryBytes: number | undefined;
  readonly cpu: CpuTimes;
}

/** How this machine's cgroup file system is laid out. */
type Layout = (root: string, controlGroup: string, read: Read) => Accounts;

/**
 * Reads what the kernel accounts to each unit's cgroup, straight from the cgroup file system.
 *
 * Works where D-Bus does not, as long as the units are known. `root` is where cgroups are mounted, as in
 * `/sys/fs/cgroup`. Units without a cgroup are left out. A file that cannot be read costs one value; throws
 * Failure `unreadable` only if there was none that could be read.
 */
export function createCgroupReader(root: string): (units: readonly CgroupUnit[]) => readonly CgroupReading[] {
  const layout = isCgroup2(root) ? unified : perController;
  return (units) => {
    let failure: unknown;
    let values = 0;
    const read: Read = (path) => {
      try {
        const text = readKernelFile(path);
        if (text !== undefined) values++;
        return text;
      } catch (thrown) {
        failure = thrown;
        return undefined;
      }
    };
    const readings = units.flatMap(({ name, type, controlGroup }) => {
      if (controlGroup === undefined) return [];
      const { memoryBytes, cpu } = layout(root, controlGroup, read);
      return [{ unit: name, type, memoryBytes, cpuUserSeconds: cpu.user, cpuSystemSeconds: cpu.system }];
    });
    if (values === 0 && failure !== undefined) throw failure;
    return readings;
  };
}

/** cgroup v2: one folder a unit. */
const unified: Layout = (root, controlGroup, read) => ({
  memoryBytes: parseCount(read(`${root}${controlGroup}/memory.current`)),
  cpu: parseCpuStat(read(`${root}${controlGroup}/cpu.stat`)),
});

/**
 * cgroup v1: one tree a controller; systemd's hybrid layout has an empty v2 tree beside them.
 *
 * That tree's `cpu.stat` counts for every unit, while `cpuacct` has a unit's folder only where accounting is
 * on and the controller shares its mount with `cpu`.
 */
const perController: Layout = (root, controlGroup, read) => {
  const hybrid = read(`${root}/unified${controlGroup}/cpu.stat`);
  return {
    memoryBytes: parseCount(read(`${root}/memory${controlGroup}/memory.usage_in_bytes`)),
    cpu: hybrid === undefined ? cpuacct(root, controlGroup, read) : parseCpuStat(hybrid),
  };
};

function cpuacct(root: string, controlGroup: string, read: Read): CpuTimes {
  const folder = `${root}/cpuacct${controlGroup}`;
  return parseCpuacct(read(`${folder}/cpuacct.usage_user`), read(`${folder}/cpuacct.usage_sys`));
}
