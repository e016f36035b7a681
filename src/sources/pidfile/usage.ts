import type { DaemonUsage } from '../../domain/daemon.ts';
import { readKernelFile } from '../../host/files.ts';
import type { ProcessStat } from '../../host/process-stat.ts';
import { parseCount, parseField } from '../cgroup/parse.ts';

/** Where numbers of processes are. */
export interface UsageOptions {
  readonly procfs: string;
  /** Where cgroup v2 is mounted; undefined: nowhere. */
  readonly cgroups: string | undefined;
}

/**
 * The cgroup of a daemon, if it has one of its own: one without any process that is not the daemon's. Undefined else,
 * and where there is no cgroup v2.
 */
export function ownCgroup(
  { procfs, cgroups }: UsageOptions,
  main: ProcessStat,
  tree: readonly ProcessStat[],
): string | undefined {
  if (cgroups === undefined) return undefined;
  const path = /^0::(\/.+)$/m.exec(quietly(`${procfs}/${main.pid}/cgroup`) ?? '')?.[1];
  if (path === undefined || path.includes('/..')) return undefined;
  const pids = quietly(`${cgroups}${path}/cgroup.procs`)?.split('\n').filter(Boolean).map(Number) ?? [];
  const own = new Set(tree.map(({ pid }) => pid));
  return pids.length > 0 && pids.every((pid) => own.has(pid)) ? `${cgroups}${path}` : undefined;
}

/** What a cgroup's processes use, also those of it that have ended. Undefined is not known. */
export function cgroupUsage(folder: string, tree: readonly ProcessStat[]): DaemonUsage {
  const microseconds = parseField(quietly(`${folder}/cpu.stat`) ?? '', 'usage_usec');
  return {
    processes: tree.length,
    cpuSeconds: microseconds === undefined ? undefined : microseconds / 1e6,
    memoryBytes: parseCount(quietly(`${folder}/memory.current`) ?? ''),
  };
}

/** What processes use, with the CPU time of those children that they have waited for; shared memory counts in each. */
export function treeUsage(procfs: string, tree: readonly ProcessStat[]): DaemonUsage {
  const sizes = tree.flatMap(({ pid }) => residentBytes(quietly(`${procfs}/${pid}/status`)) ?? []);
  return {
    processes: tree.length,
    cpuSeconds: tree.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    memoryBytes: sizes.length === 0 ? undefined : sizes.reduce((sum, bytes) => sum + bytes, 0),
  };
}

function residentBytes(status: string | undefined): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function quietly(path: string): string | undefined {
  try {
    return readKernelFile(path);
  } catch {
    return undefined;
  }
}
