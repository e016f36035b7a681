import { readFileSync, statfsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { Failure, messageOf } from '../../domain/errors.ts';

/** Errors that mean that there is no such thing here: no file, no such device, nothing to report. */
const ABSENT = new Set(['ENOENT', 'ENODEV', 'ENOTDIR', 'ENXIO']);

/**
 * The text of a small kernel file, read at once; undefined where there is none.
 *
 * Synchronous on purpose: cgroup files never wait, and thousands of them cost five times as much through
 * the thread pool. Throws Failure `unreadable` for any other error.
 */
export function readKernelFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (thrown) {
    return absentOrThrow(thrown, path);
  }
}

/** The same, where one that may not be read is as one that is not there. */
export function kernelFileIfReadable(path: string): string | undefined {
  try {
    return readKernelFile(path);
  } catch {
    return undefined;
  }
}

/** The text of a file that may make its reader wait, such as a sensor's; undefined where there is none. */
export async function readTextFile(path: string, signal?: AbortSignal): Promise<string | undefined> {
  try {
    return await readFile(path, { encoding: 'utf8', ...(signal === undefined ? {} : { signal }) });
  } catch (thrown) {
    return absentOrThrow(thrown, path);
  }
}

/** The names in a folder; none where there is no such folder. */
export async function listFolder(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (thrown) {
    absentOrThrow(thrown, path);
    return [];
  }
}

/** `CGROUP2_SUPER_MAGIC` of linux/magic.h. */
const CGROUP2_MAGIC = 0x63677270;

/** Whether a cgroup v2 file system is mounted there. */
export function isCgroup2(path: string): boolean {
  try {
    return statfsSync(path).type === CGROUP2_MAGIC;
  } catch {
    return false;
  }
}

/** How many files this process has open; undefined where the kernel does not say (it does since Linux 6.2). */
export function openFileCount(): number | undefined {
  return statSync('/proc/self/fd', { throwIfNoEntry: false })?.size || undefined;
}

/** Undefined for an error that means that there is no such thing; else throws Failure `unreadable`. */
export function absentOrThrow(thrown: unknown, path: string): undefined {
  if (thrown instanceof Error && 'code' in thrown && ABSENT.has(String(thrown.code))) return undefined;
  throw new Failure('unreadable', `reading ${path}: ${messageOf(thrown)}`, { cause: thrown });
}

/** Whether there is a folder of that name. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
