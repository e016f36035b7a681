import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure, messageOf } from '../../domain/errors.ts';

/**
 * Replaces a file as a whole, or makes it: after a power cut it holds either the old text or the new one.
 *
 * Made under another name first, and never through what lies there, which could be a link. Throws Failure `refused`
 * where this user may not write, and `unwritable` for all else, such as a full disk.
 */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const next = `${path}.next`;
  try {
    await unlink(next).catch(() => undefined);
    await writeWhole(next, text, mode);
    await rename(next, path);
    await syncFolder(dirname(path));
  } catch (thrown) {
    await unlink(next).catch(() => undefined);
    throw writeFailure(path, thrown);
  }
}

/** Why a file, or its folder, could not be written. */
export function writeFailure(path: string, thrown: unknown): Failure {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  const isRefused = code === 'EACCES' || code === 'EPERM';
  return new Failure(isRefused ? 'refused' : 'unwritable', `writing ${path}: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    // Whatever the umask of whoever runs it.
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What has been renamed survives a power cut only if its folder is on the disk too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
