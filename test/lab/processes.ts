import { readdirSync, readFileSync } from 'node:fs';

/** What tells one process from a later one with the same pid: clock ticks from boot to its start. */
export function startTime(pid: number): string | undefined {
  return statFields(pid)?.[19];
}

/** The first child of this process, if it has one. */
export function childOf(parent: number): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => statFields(pid)?.[1] === String(parent));
}

/** The name of a running program (15 characters at most), or undefined when there is no such process. */
export function commandName(pid: number): string | undefined {
  return read(`/proc/${pid}/comm`)?.trim();
}

/** The fields of /proc/PID/stat from the third on: the second, the name, may itself hold ") ". */
function statFields(pid: number): readonly string[] | undefined {
  const line = read(`/proc/${pid}/stat`);
  return line?.slice(line.lastIndexOf(') ') + 2).split(' ');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // it has just exited
  }
}
