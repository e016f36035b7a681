import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What this user may do with a file that is there, or might be made. */
export interface FileAccess {
  readonly exists: boolean;
  /** The nearest folder that there is, where the file is or would be made. */
  readonly folder: string;
  /** Why it may not be read or written, or its folder not be written to; undefined if all of it may be. */
  readonly problem: string | undefined;
}

/** Finds out, without making or changing anything, whether a file can be made, read and written. May hang. */
export async function fileAccess(path: string): Promise<FileAccess> {
  const exists = (await errorOf(path, constants.F_OK)) === undefined;
  const folder = await nearestFolder(dirname(path));
  const { R_OK, W_OK, X_OK } = constants;
  const problem =
    (exists ? await errorOf(path, R_OK | W_OK) : undefined) ?? (await folderError(folder, W_OK | X_OK));
  return { exists, folder, problem };
}

async function nearestFolder(path: string): Promise<string> {
  const parent = dirname(path);
  const isThere = (await errorOf(path, constants.F_OK)) === undefined;
  return isThere || parent === path ? path : nearestFolder(parent);
}

async function folderError(path: string, mode: number): Promise<string | undefined> {
  const status = await stat(path).catch(() => undefined);
  return status?.isDirectory() === false ? 'ENOTDIR' : errorOf(path, mode);
}

/** The kernel's name for why it may not be; undefined if it may. */
async function errorOf(path: string, mode: number): Promise<string | undefined> {
  try {
    await access(path, mode);
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
  }
}

/** Whether everybody on this machine may read a file. May hang. Throws if there is no such file. */
export async function isWorldReadable(path: string): Promise<boolean> {
  return ((await stat(path)).mode & constants.S_IROTH) !== 0;
}
