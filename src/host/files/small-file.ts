import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Failure } from '../../domain/errors.ts';
import { absentOrThrow } from './files.ts';

/** A small file that somebody else writes. */
export interface SmallFile extends FileFacts {
  readonly bytes: Buffer;
}

/** What was known of a file when it was read, of the very file and not of what has its name later. */
export interface FileFacts {
  /** Unix seconds, by the clock of the time when it was written. */
  readonly modifiedSeconds: number;
  /** With the time it tells a file that was written anew from one that was not. */
  readonly inode: number;
  readonly uid: number;
  readonly gid: number;
  /** Type and permissions, as in stat(2). */
  readonly mode: number;
}

/**
 * A regular file of at most so many bytes that somebody else writes; undefined where there is none.
 *
 * Never follows a symbolic link, which could lead anywhere, and never waits for the writer of a pipe. Throws Failure
 * `refused` for what is no regular file or too large, and `unreadable` for what cannot be read.
 */
export async function readSmallFile(path: string, maxBytes: number): Promise<SmallFile | undefined> {
  const file = await openPlainly(path);
  if (file === undefined) return undefined;
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new Failure('refused', `reading ${path}: it is no regular file`);
    const buffer = Buffer.alloc(maxBytes + 1);
    const { bytesRead } = await file.read(buffer, 0, maxBytes + 1, 0);
    if (bytesRead > maxBytes) throw tooLarge(path, maxBytes);
    const { mtimeMs, ino: inode, uid, gid, mode } = status;
    return { bytes: buffer.subarray(0, bytesRead), modifiedSeconds: mtimeMs / 1000, inode, uid, gid, mode };
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    return absentOrThrow(thrown, path);
  } finally {
    await file.close();
  }
}

async function openPlainly(path: string) {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ELOOP') {
      throw new Failure('refused', `reading ${path}: it is a symbolic link; name the file that it leads to`);
    }
    // A socket.
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENXIO') {
      throw new Failure('refused', `reading ${path}: it is no regular file`);
    }
    return absentOrThrow(thrown, path);
  }
}

function tooLarge(path: string, maxBytes: number): Failure {
  return new Failure('refused', `reading ${path}: it is larger than the ${maxBytes} bytes that it may have`);
}
