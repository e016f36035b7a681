import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure, messageOf } from '../../domain/errors.ts';
import { type FileLock, lockFile } from './file-lock.ts';

/** A file of lines that only grows; what it has taken survives a power cut. */
export interface AppendLog {
  /** Adds lines in one piece and returns once they are on the disk. Throws Failure `unwritable`, adding none. */
  append(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** A log as it was found. */
export interface OpenedLog {
  readonly log: AppendLog;
  readonly lines: readonly string[];
  /** The end of a line that a crash cut short; it has been removed from the file. */
  readonly torn: string | undefined;
}

/**
 * Opens a log, making it and its folder if need be, for this user alone, and takes it for this process.
 *
 * A last line without its newline was never acknowledged, so it is cut off. Throws Failure `unwritable`, or
 * `refused` if another process has the log.
 */
export async function openAppendLog(path: string): Promise<OpenedLog> {
  const file = await doing(`opening ${path}`, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return await open(path, 'a+', 0o600);
  });
  try {
    return await readLocked(path, file, await lockFile(path));
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

async function readLocked(path: string, file: FileHandle, lock: FileLock): Promise<OpenedLog> {
  try {
    return await doing(`reading ${path}`, () => readAndMend(path, file, lock));
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

async function readAndMend(path: string, file: FileHandle, lock: FileLock): Promise<OpenedLog> {
  await syncFolder(dirname(path));
  // As bytes: a text in which a broken character was replaced has another length than the file.
  const bytes = await file.readFile();
  const size = bytes.lastIndexOf('\n') + 1;
  const torn = bytes.toString('utf8', size);
  if (torn !== '') await cutTo(file, size);
  return {
    log: createLog(path, file, lock, size),
    lines: bytes.toString('utf8', 0, size).split('\n').slice(0, -1),
    torn: torn === '' ? undefined : torn,
  };
}

function createLog(path: string, file: FileHandle, lock: FileLock, found: number): AppendLog {
  let size = found;
  let clean = true;
  let last: Promise<unknown> = Promise.resolve();

  async function write(lines: readonly string[]): Promise<void> {
    // After a failed write nobody knows what is on the disk: it is cut back before anything is added.
    if (!clean) await cutTo(file, size);
    clean = false;
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    await file.appendFile(bytes);
    await file.datasync();
    size += bytes.length;
    clean = true;
  }

  return {
    append(lines) {
      const done = last.then(() => doing(`adding to ${path}`, () => write(lines)));
      last = done.catch(() => undefined);
      return done;
    },
    async close() {
      await last;
      await file.close();
      await lock.release();
    },
  };
}

/** A file that was just made survives a power cut only if its folder is on the disk too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function cutTo(file: FileHandle, size: number): Promise<void> {
  await file.truncate(size);
  await file.datasync();
}

async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw new Failure('unwritable', `${what}: ${messageOf(thrown)}`, { cause: thrown });
  }
}
