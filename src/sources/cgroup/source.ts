import type { CgroupReading, UnitReading } from '../../domain/reading.ts';
import { isCgroup2, readKernelFile } from '../../host/files.ts';
import { type CpuTimes, parseCount, parseCpuacct, parseCpuStat } from './parse.ts';

/** A unit and where its cgroup is. */
export type CgroupUnit = Pick<UnitReading, 'name' | 'type' | 'controlGroup'>;

/** How this machine's cgroup file system is laid out. */
type Layout = (root: string, controlGroup: string) => { memoryBytes: number | undefined; cpu: CpuTimes };

/**
 * Reads what the kernel accounts to each unit's cgroup, straight from the cgroup file system.
 *
 * Works where D-Bus does not, as long as the units are known. `root` is where cgroups are mounted, as in
 * `/sys/fs/cgroup`. Units without a cgroup are left out.
 */
export function createCgroupReader(root: string): (units: readonly CgroupUnit[]) => readonly CgroupReading[] {
  const layout = isCgroup2(root) ? unified : perController;
  return (units) =>
    units.flatMap(({ name, type, controlGroup }) => {
      if (controlGroup === undefined) return [];
      const { memoryBytes, cpu } = layout(root, controlGroup);
      return [{ unit: name, type, memoryBytes, cpuUserSeconds: cpu.user, cpuSystemSeconds: cpu.system }];
    });
}

/** cgroup v2: one folder a unit. */
const unified: Layout = (root, controlGroup) => ({
  memoryBytes: parseCount(readKernelFile(`${root}${controlGroup}/memory.current`)),
  cpu: parseCpuStat(readKernelFile(`${root}${controlGroup}/cpu.stat`)),
});

/**
 * cgroup v1: one tree a controller; systemd's hybrid layout has an empty v2 tree beside them.
 *
 * That tree's `cpu.stat` counts for every unit, while `cpuacct` has a unit's folder only where accounting is
 * on and the controller shares its mount with `cpu`.
 */
const perController: Layout = (root, controlGroup) => {
  const hybrid = readKernelFile(`${root}/unified${controlGroup}/cpu.stat`);
  return {
    memoryBytes: parseCount(readKernelFile(`${root}/memory${controlGroup}/memory.usage_in_bytes`)),
    cpu: hybrid === undefined ? cpuacct(root, controlGroup) : parseCpuStat(hybrid),
  };
};

function cpuacct(root: string, controlGroup: string): CpuTimes {
  const folder = `${root}/cpuacct${controlGroup}`;
  return parseCpuacct(
    readKernelFile(`${folder}/cpuacct.usage_user`),
    readKernelFile(`${folder}/cpuacct.usage_sys`),
  );
}
