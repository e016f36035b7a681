import type { CgroupFamily, CgroupValue, CgroupValues } from '../../domain/cgroup.ts';
import { readKernelFile } from '../../host/files/files.ts';
import { layoutOf } from '../cgroup/source.ts';

const FAMILIES: readonly CgroupFamily[] = ['cpu', 'memory', 'limits', 'pids', 'pressure'];

/**
 * What the kernel accounts to a cgroup now; undefined if there is no such cgroup, as of a unit of which nothing runs.
 *
 * `root` is where cgroups are mounted, as in `/sys/fs/cgroup`. Throws Failure `unreadable`.
 */
export function readUnitCgroup(root: string, controlGroup: string): CgroupValues | undefined {
  const values: Partial<Record<CgroupValue, number>> = {};
  if (controlGroup === '') return undefined;
  for (const { family, tree, name, parse } of layoutOf(root)) {
    if (!FAMILIES.includes(family)) continue;
    const text = readKernelFile(`${root}${tree}${controlGroup}/${name}`);
    if (text === undefined) continue;
    parse(text, (value, number) => {
      if (number !== undefined) values[value] = number;
    });
  }
  return Object.keys(values).length === 0 ? undefined : values;
}
