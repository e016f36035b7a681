import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { Failure, messageOf } from '../../domain/errors.ts';

/** What a file held when it was read, and a mark by which it is seen that it has changed since. */
export interface FileSnapshot {
  readonly text: string;
  readonly stamp: string;
}

/** Certificates with all of a system's authorities are below 1 MiB. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/**
 * Reads a small file of the local disk at once.
 *
 * Synchronous on purpose, for files on which the very next connection depends: a TLS server cannot wait before it. Throws
 * Failure `not-found`, `unreadable` or, for what is no plain file or too large, `refused`.
 */
export function readSnapshot(path: string): FileSnapshot {
  const fd = openOrFail(path);
  try {
    const stats = fstatSync(fd, { bigint: true });
    if (!stats.isFile()) throw new Failure('refused', `${path}: this is not a file`);
    if (stats.size > LARGEST_BYTES) {
      throw new Failure('refused', `${path}: expected at most ${LARGEST_BYTES} bytes, not ${stats.size}`);
    }
    // The stamp is older than the text: what is written in between is read again, never missed.
    return { stamp: stampOf(stats), text: readFileSync(fd, 'utf8') };
  } finally {
    closeSync(fd);
  }
}

function openOrFail(path: string): number {
  try {
    // Without O_NONBLOCK a pipe would wait here for its writer.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    const absent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    if (absent) throw new Failure('not-found', `${path}: there is no such file`, { cause: thrown });
    throw new Failure('unreadable', `${path}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** The mark of a file as it is now; for one that cannot be seen it is the reason, as in `ENOENT`. */
export function fileStamp(path: string): string {
  try {
    return stampOf(statSync(path, { bigint: true }));
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unreadable';
  }
}

/** The time of the last change counts changes of the rights too: what could not be read may then be readable. */
function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}
