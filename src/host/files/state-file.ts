import { mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure, messageOf } from '../../domain/errors.ts';
import { lockFile } from './file-lock.ts';
import { readSnapshot } from './file-snapshot.ts';

/** A small file that is only ever replaced as a whole. */
export interface StateFile {
  /** What it held when it was opened; undefined if there was none. */
  readonly found: string | undefined;
  /** Replaces it: after a crash it holds either the old text or the new one. Throws Failure `unwritable`. */
  replace(text: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the state kept in a file, making its folder if need be, for this user alone, and takes that folder for this
 * process. Throws Failure `unwritable`, `refused` if another process has it or it is no file of that size, or
 * `unreadable`.
 */
export async function openStateFile(path: string): Promise<StateFile> {
  const folder = dirname(path);
  await doing(`making ${folder}`, () => mkdir(folder, { recursive: true, mode: 0o700 }));
  const lock = await lockFile(folder);
  try {
    const found = readIfThere(path);
    return { found, replace: (text) => replace(path, text), close: () => lock.release() };
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readSnapshot(path).text;
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'not-found') return undefined;
    throw thrown;
  }
}

async function replace(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  await doing(`writing ${path}`, async () => {
    // Made anew, never written through: what lies there could be a link to something else.
    await unlink(next).catch(() => undefined);
    const file = await open(next, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(next, path);
  });
}

async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw new Failure('unwritable', `${what}: ${messageOf(thrown)}`, { cause: thrown });
  }
}
