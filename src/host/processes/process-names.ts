import { readKernelFile } from '../files/files.ts';
import { readLink } from '../files/links.ts';

/** By what a process can be known. */
export interface ProcessNames {
  /** As the kernel has it, 15 bytes at most. */
  readonly comm: string;
  /** Last parts of the paths of its program and of its first two arguments, as far as they may be known. */
  readonly programs: readonly string[];
  /** As whom it acts; undefined if that may not be known. */
  readonly uid: number | undefined;
}

/** By what a process can be known; undefined if there is no such process, or none that may be looked at. */
export function readProcessNames(procfs: string, pid: number): ProcessNames | undefined {
  const folder = `${procfs}/${pid}`;
  const comm = quietly(() => readKernelFile(`${folder}/comm`))?.replace(/\n$/, '');
  if (comm === undefined) return undefined;
  const exe = quietly(() => readLink(`${folder}/exe`))?.replace(/ \(deleted\)$/, '');
  // An interpreter has the program that is meant as its first argument.
  const argv =
    quietly(() => readKernelFile(`${folder}/cmdline`))
      ?.split('\0')
      .slice(0, 2) ?? [];
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(quietly(() => readKernelFile(`${folder}/status`)) ?? '')?.[1];
  const programs = [exe, ...argv].flatMap((path) => (path ? [path.slice(path.lastIndexOf('/') + 1)] : []));
  return { comm, programs, uid: uid === undefined ? undefined : Number(uid) };
}

/** Longest name of a process that the kernel keeps, in bytes. */
const COMM_BYTES = 15;

/** Whether a process is called so: by the kernel's short name for it, or by its program or one of its arguments. */
export function isNamed({ comm, programs }: ProcessNames, name: string): boolean {
  // Names of processes are bytes, which are read one a character.
  const bytes = Buffer.from(name);
  return (
    comm === bytes.subarray(0, COMM_BYTES).toString('latin1') || programs.includes(bytes.toString('latin1'))
  );
}

/**
 * Whether there is a process that procfs hides from fettle, as it may be mounted to do (`hidepid`).
 *
 * `sendSignal` throws EPERM for a process of somebody else.
 */
export function isHiddenProcess(
  pid: number,
  sendSignal: (pid: number, signal: 0) => void = process.kill,
): boolean {
  try {
    sendSignal(pid, 0);
    return false;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
