import { constants } from 'node:fs';
import { lstat, stat, statfs } from 'node:fs/promises';
import { Failure, messageOf } from '../../domain/errors.ts';

/** What is at a path, without a look into it. */
export type Look =
  | { readonly kind: 'file'; readonly bytes: number; readonly modifiedSeconds: number }
  | { readonly kind: 'missing' }
  /** A link that leads to nothing. */
  | { readonly kind: 'dangling' }
  /** A folder, a pipe, a socket or a device. */
  | { readonly kind: 'other' };

/** What is at a path, at the end of all links. May hang. Throws Failure `unreadable`. */
export async function lookAt(path: string): Promise<Look> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) return { kind: 'other' };
    return { kind: 'file', bytes: stats.size, modifiedSeconds: stats.mtimeMs / 1000 };
  } catch (thrown) {
    if (!isAbsent(thrown)) throw unreadable(path, thrown);
  }
  const itself = await lstat(path).catch(() => undefined);
  return { kind: itself?.isSymbolicLink() ? 'dangling' : 'missing' };
}

/** Room on the file system of a path, in bytes. */
export interface Room {
  /** For users other than root. */
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

/** Room on the file system of a path. May hang. Throws Failure `unreadable`. */
export async function roomAt(path: string): Promise<Room> {
  try {
    const { bavail, blocks, bsize } = await statfs(path);
    return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
}

/** Who may write a file. */
export interface FileOwner {
  readonly uid: number;
  /** Whether everybody may. */
  readonly worldWritable: boolean;
}

/** Who may write what is at a path, a link itself; undefined where that cannot be known. May hang. */
export async function ownerAt(path: string): Promise<FileOwner | undefined> {
  try {
    const { uid, mode } = await lstat(path);
    return { uid, worldWritable: (mode & constants.S_IWOTH) !== 0 };
  } catch {
    return undefined;
  }
}

function unreadable(path: string, thrown: unknown): Failure {
  return new Failure('unreadable', `reading ${path}: ${messageOf(thrown)}`, { cause: thrown });
}

function isAbsent(thrown: unknown): boolean {
  return (
    thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
  );
}
