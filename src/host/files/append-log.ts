import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure, messageOf } from '../../domain/errors.ts';
import { type FileLock, lockFile } from './file-lock.ts';
import { type LogPiece, readLog } from './log-files.ts';
import { endOfLines, LONGEST_LINE_BYTES } from './read-lines.ts';
import { finishRotation, rotateLog, syncFolder } from './rotate-log.ts';

/** Lines that only become more, in a file and some older ones; what it has taken survives a power cut. */
export interface AppendLog {
  /** All lines that there are, the oldest first. Throws Failure `unreadable`. */
  read(): AsyncIterable<LogPiece>;
  /**
   * Adds lines in one piece and returns once they are on the disk. Throws Failure `unwritable`, adding none.
   *
   * The lines are made when it is their turn; `beginsFile` says whether they are the first ones of a file.
   */
  append(linesOf: (beginsFile: boolean) => readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** A log as it was found. */
export interface OpenedLog {
  readonly log: AppendLog;
  /** The end of a line that a crash cut short, or its beginning; it has been removed from the file. */
  readonly torn: string | undefined;
}

/** When a log begins a new file. */
export interface LogLimits {
  /** Before a file that is at least so large is added to, it becomes an older one. */
  readonly maxBytes: number;
  /** Older files: `.1` is the newest. */
  readonly kept: number;
}

const USUAL_LIMITS: LogLimits = { maxBytes: 64 * 1024 ** 2, kept: 8 };

/**
 * Opens a log, making it and its folder if need be, for this user alone, and takes it for this process.
 *
 * A last line without its newline was never acknowledged, so it is cut off. Throws Failure `unwritable`, or
 * `refused` if another process has the log.
 */
export async function openAppendLog(path: string, limits: LogLimits = USUAL_LIMITS): Promise<OpenedLog> {
  const file = await doing(`opening ${path}`, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return await open(path, 'a+', 0o600);
  });
  try {
    return await mendLocked(path, file, await lockFile(path), limits);
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

async function mendLocked(
  path: string,
  file: FileHandle,
  lock: FileLock,
  limits: LogLimits,
): Promise<OpenedLog> {
  try {
    await refuseIfRenamed(path, file);
    return await doing(`reading ${path}`, async () => {
      await finishRotation(path);
      await syncFolder(dirname(path));
      const { size, torn } = await endOfLines(file);
      if (torn !== undefined) await cutTo(file, size);
      return { log: createLog(path, { file, lock, size }, limits), torn };
    });
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

/** Who has the log may have begun a new file between its opening and its locking here. */
async function refuseIfRenamed(path: string, file: FileHandle): Promise<void> {
  const own = await file.stat({ bigint: true });
  const named = await stat(path, { bigint: true }).catch(() => undefined);
  if (named?.ino === own.ino && named.dev === own.dev) return;
  throw new Failure('refused', `taking ${path} for this process: another fettle is using it`);
}

interface Place {
  readonly file: FileHandle;
  readonly lock: FileLock;
  readonly size: number;
}

function createLog(path: string, found: Place, { maxBytes, kept }: LogLimits): AppendLog {
  let { file, lock, size } = found;
  let isClean = true;
  let last: Promise<unknown> = Promise.resolve();

  async function write(linesOf: (beginsFile: boolean) => readonly string[]): Promise<void> {
    await cutBack();
    if (size >= maxBytes) await rotate();
    const bytes = bytesOf(linesOf(size === 0));
    isClean = false;
    try {
      await file.appendFile(bytes);
      await file.datasync();
    } catch (thrown) {
      // At once, lest a crash leave what nobody was told of; if that fails too, before anything is added.
      await cutBack().catch(() => undefined);
      throw thrown;
    }
    size += bytes.length;
    isClean = true;
  }

  /** After a failed write nobody knows what is on the disk. */
  async function cutBack(): Promise<void> {
    if (isClean) return;
    await cutTo(file, size);
    isClean = true;
  }

  async function rotate(): Promise<void> {
    const before = { file, lock };
    ({ file, lock } = await rotateLog(path, kept));
    size = 0;
    // Its lines are on the disk: what goes wrong here is of no matter.
    await before.lock.release();
    await before.file.close().catch(() => undefined);
  }

  return {
    read: () => readLog(path),
    append(linesOf) {
      const done = last.then(() => doing(`adding to ${path}`, () => write(linesOf)));
      last = done.catch(() => undefined);
      return done;
    },
    async close() {
      await last;
      await cutBack().catch(() => undefined);
      await file.close();
      await lock.release();
    },
  };
}

function bytesOf(lines: readonly string[]): Buffer {
  for (const line of lines) {
    if (Buffer.byteLength(line) < LONGEST_LINE_BYTES) continue;
    throw new Error(`a line of ${LONGEST_LINE_BYTES / 1024 ** 2} MiB or more is too long for it`);
  }
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
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
