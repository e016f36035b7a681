import type { BigIntStats } from 'node:fs';
import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type FileLock, lockFile } from './file-lock.ts';
import { olderFile } from './log-files.ts';

/** The empty file that has taken a log's place, locked for this process. */
export interface FreshFile {
  readonly file: FileHandle;
  readonly lock: FileLock;
}

/** File systems that know no second name for a file, as FAT, or do not allow it. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Makes a log's file its older file `.1`, those that there are each one number older, and an empty one the log; at most
 * `kept` older files stay.
 *
 * A crash at any point leaves files that are read in the right order: there may be a gap between two numbers, or the log
 * may be found under two names, which `unfinished` mends. At no point is there no file of the log's name, so that
 * another process that comes to take it finds it taken. If it throws, the log is what it was.
 */
export async function rotateLog(path: string, kept: number): Promise<FreshFile> {
  const next = nextFile(path);
  await rm(next, { force: true });
  const file = await open(next, 'ax', 0o600);
  let lock: FileLock | undefined;
  try {
    lock = await lockFile(next);
    for (let number = await firstGap(path, kept); number > 1; number--) {
      await rename(olderFile(path, number - 1), olderFile(path, number));
    }
    await linkOrRename(path, olderFile(path, 1));
    await rename(next, path);
    await syncFolder(dirname(path));
    return { file, lock };
  } catch (thrown) {
    await putBack(path, next, file);
    await lock?.release();
    await file.close();
    throw thrown;
  }
}

/** What a crash in the middle of a rotation has left is cleared away. */
export async function finishRotation(path: string): Promise<void> {
  await rm(nextFile(path), { force: true });
  if (await isSameFile(path, olderFile(path, 1))) await rm(olderFile(path, 1));
}

/** A file that was just made survives a power cut only if its folder is on the disk too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function nextFile(path: string): string {
  return `${path}.new`;
}

/** The first number without a file, or the last one, whose file is given up. */
async function firstGap(path: string, kept: number): Promise<number> {
  for (let number = 1; number < kept; number++) {
    if ((await identityOf(olderFile(path, number))) === undefined) return number;
  }
  return kept;
}

async function linkOrRename(path: string, older: string): Promise<void> {
  try {
    await rm(older, { force: true });
    await link(path, older);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && NO_LINKS.has(String(thrown.code)))) throw thrown;
    await rename(path, older);
  }
}

/** As far as it can be done: the next start does the rest. */
async function putBack(path: string, next: string, file: FileHandle): Promise<void> {
  const [named, fresh] = await Promise.all([identityOf(path), file.stat({ bigint: true })]);
  if (named === undefined || (named.ino === fresh.ino && named.dev === fresh.dev)) {
    await rename(olderFile(path, 1), path).catch(() => undefined);
  }
  await rm(next, { force: true }).catch(() => undefined);
  await finishRotation(path).catch(() => undefined);
}

/** Whether two names are those of one file. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([identityOf(one), identityOf(other)]);
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

function identityOf(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch(() => undefined);
}
