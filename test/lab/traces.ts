import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Lab } from './lab.ts';

/**
 * A look-out for whatever a lab leaves on the host; to be made while the lab runs.
 *
 * The answer names processes (of its pid namespace, or with its folder in their command line), cgroups,
 * mounts and folders; empty when nothing is left.
 */
export function tracesOf({ pid, dir }: Pick<Lab, 'pid' | 'dir'>): () => readonly string[] {
  const namespace = readlinkSync(`/proc/${pid}/ns/pid`);
  const state = dirname(dir);
  const name = basename(state);
  return () => [...processes(namespace, state), ...cgroups(name), ...mounts(name), ...folders(state)];
}

function processes(namespace: string, state: string): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid))
    .filter((pid) => attempt(() => belongs(pid, namespace, state)) === true)
    .map((pid) => `process ${pid}`);
}

function belongs(pid: string, namespace: string, state: string): boolean {
  const arguments_ = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return readlinkSync(`/proc/${pid}/ns/pid`) === namespace || arguments_.includes(state);
}

function cgroups(name: string): readonly string[] {
  const hierarchies = ['.', ...(attempt(() => readdirSync('/sys/fs/cgroup')) ?? [])];
  return hierarchies
    .map((hierarchy) => `/sys/fs/cgroup/${hierarchy}/${name}`)
    .filter((path) => existsSync(path));
}

function mounts(name: string): readonly string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(name))
    .map((line) => `mount ${line}`);
}

function folders(state: string): readonly string[] {
  return existsSync(state) ? [state] : [];
}

/** What `look` finds, or undefined when it went away meanwhile. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
