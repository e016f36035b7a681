import { isUnitName, unitType } from '../../domain/unit.ts';
import { cleanText } from './clean.ts';

/** What the kernel says before it kills: of whom it will be, and in which cgroup. */
export interface OomChoice {
  /** Undefined if a whole cgroup will be killed. */
  readonly pid: number | undefined;
  readonly cgroup: string;
}

/** A process that was killed. */
export interface OomVictim {
  readonly pid: number;
  readonly processName: string;
}

/** The name of a task is 15 bytes long at most, and may hold anything, as may a cgroup's, but for `/`. */
const TASK = /^(.*),task=(.{0,15}),pid=(\d{1,10}),uid=\d{1,10}\s*$/s;

const GROUP = /^Tasks in (\/.*) are going to be killed due to memory\.oom\.group set/s;

/** Before Linux 4.19 the line that chooses looked different, and this one had no beginning. */
const KILLED =
  /^(?:(?:Memory cgroup out of memory|Out of memory|Out of memory \(oom_kill_allocating_task\)): )?Killed process (\d{1,10}) \((.*)\),? (?:UID |total-vm:)/s;

/** The choice that a record tells of; its cgroup is empty if names in it leave doubt. */
export function parseOomChoice(text: string): OomChoice | undefined {
  const group = GROUP.exec(text)?.[1];
  if (group !== undefined) return { pid: undefined, cgroup: group };
  if (!text.startsWith('oom-kill:constraint=')) return undefined;
  const [, before, , pid] = TASK.exec(text) ?? [];
  return before === undefined ? undefined : { pid: Number(pid), cgroup: cgroupIn(before) };
}

/** The process that a record says was killed. */
export function parseOomVictim(text: string): OomVictim | undefined {
  const [, pid, name = ''] = KILLED.exec(text) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), processName: cleanText(name) };
}

/**
 * The cgroup after `task_memcg=`.
 *
 * Whoever may name cgroups could put that word into a name. Before it stands `global_oom`, or the cgroup whose
 * limit it was, and the task's must be in that one.
 */
function cgroupIn(text: string): string {
  const everywhere = text.indexOf(',global_oom,task_memcg=/');
  const limited = text.indexOf(',oom_memcg=/');
  if (limited === -1 || (everywhere !== -1 && everywhere < limited)) {
    return everywhere === -1 ? '' : text.slice(everywhere + ',global_oom,task_memcg='.length);
  }
  const fits = splits(text.slice(limited + ',oom_memcg='.length), ',task_memcg=').filter(([owner, task]) =>
    `${task}/`.startsWith(owner === '/' ? owner : `${owner}/`),
  );
  return fits.length === 1 ? (fits[0]?.[1] ?? '') : '';
}

/** Each way to cut a text in two at a word. */
function splits(text: string, word: string): readonly (readonly [string, string])[] {
  const parts = text.split(word);
  return parts
    .slice(1)
    .map((_, index) => [parts.slice(0, index + 1).join(word), parts.slice(index + 1).join(word)]);
}

/**
 * The system's unit that a cgroup belongs to: the first in its path that is no slice.
 *
 * The kernel tells the path from the root of all cgroups: before the units of a container that fettle runs in stands
 * the container's own.
 */
export function systemUnitOf(cgroup: string): string | undefined {
  return cgroup.split('/').find((name) => isUnitName(name) && unitType(name) !== 'slice');
}
