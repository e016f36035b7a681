import type { DaemonUsage } from '../../domain/daemon.ts';
import { readKernelFile } from '../../host/files/files.ts';
import { subfoldersOf } from '../../host/files/subfolders.ts';
import type { ProcessStat } from '../../host/processes/process-stat.ts';
import { parseCount, parseField } from '../cgroup/parse.ts';

/** Where numbers of processes are. */
export interface UsageOptions {
  readonly procfs: string;
  /** Where cgroup v2 is mounted; undefined: nowhere. */
  readonly cgroups: string | undefined;
}

/**
 * The cgroup of a daemon, if it has one of its own: one without any process that is not the daemon's, in itself and in
 * all below it, since what a cgroup uses is what all below it use. Undefined else, and where there is no cgroup v2.
 */
export function ownCgroup(
  { procfs, cgroups }: UsageOptions,
  main: ProcessStat,
  tree: readonly ProcessStat[],
): string | undefined {
  if (cgroups === undefined) return undefined;
  const path = /^0::(\/.+)$/m.exec(read(`${procfs}/${main.pid}/cgroup`) ?? '')?.[1];
  if (path === undefined || path.includes('/..')) return undefined;
  const own = new Set(tree.map(({ pid }) => pid));
  const folders = foldersIn(`${cgroups}${path}`);
  const isOwn = folders?.every((folder) => pidsIn(folder)?.every((pid) => own.has(pid)));
  return isOwn && pidsIn(`${cgroups}${path}`)?.includes(main.pid) ? `${cgroups}${path}` : undefined;
}

/** A daemon that makes more cgroups than this manages those of others. */
const MOST_FOLDERS = 64;

/** A cgroup and all below it; undefined if they cannot be listed, or are too many to be looked at. */
function foldersIn(top: string): readonly string[] | undefined {
  const folders = [top];
  // What is added here is looked at in its turn.
  for (const folder of folders) {
    const below = subfoldersOf(folder);
    if (below === undefined) return undefined;
    folders.push(...below);
    if (folders.length > MOST_FOLDERS) return undefined;
  }
  return folders;
}

/** Undefined where they may not be known, as in a cgroup that is threaded. */
function pidsIn(folder: string): readonly number[] | undefined {
  return read(`${folder}/cgroup.procs`)?.split('\n').filter(Boolean).map(Number);
}

/** What a cgroup's processes use, also those of it that have ended. Undefined is not known. */
export function cgroupUsage(folder: string, tree: readonly ProcessStat[]): DaemonUsage {
  const microseconds = parseField(read(`${folder}/cpu.stat`) ?? '', 'usage_usec');
  return {
    processes: tree.length,
    cpuSeconds: microseconds === undefined ? undefined : microseconds / 1e6,
    memoryBytes: parseCount(read(`${folder}/memory.current`) ?? ''),
  };
}

/** What processes use, with the CPU time of those children that they have waited for; shared memory counts in each. */
export function treeUsage(procfs: string, tree: readonly ProcessStat[]): DaemonUsage {
  const sizes = tree.flatMap(({ pid }) => residentBytes(read(`${procfs}/${pid}/status`)) ?? []);
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

function read(path: string): string | undefined {
  try {
    return readKernelFile(path);
  } catch {
    return undefined;
  }
}
