import { closeSync, openSync, readSync } from 'node:fs';
import { absentOrThrow } from './files.ts';

/** Reads small kernel files that are read again and again. */
export interface KeptFiles {
  /** As `readKernelFile`. */
  read(path: string): string | undefined;
  /** Closes what has not been read since the last call; to be called after each round. */
  sweep(): void;
  close(): void;
}

interface Kept {
  readonly fd: number;
  usedIn: number;
}

/** `memory.stat` of cgroup v2 is about 1.5 kB; longer files are read in full, with an open of their own. */
const BUFFER_BYTES = 16_384;

/**
 * Keeps files open between rounds: reading one costs a quarter of opening, reading and closing it.
 *
 * A file whose cgroup has gone answers ENODEV, and is opened anew in case there is another one now. At most
 * `limit` files are kept; the others are opened each time.
 */
export function createKeptFiles(limit: number): KeptFiles {
  const kept = new Map<string, Kept>();
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let round = 0;

  function read(path: string): string | undefined {
    const known = kept.get(path);
    if (known !== undefined) {
      known.usedIn = round;
      try {
        return textOf(known.fd);
      } catch {
        drop(path, known);
      }
    }
    return open(path);
  }

  function open(path: string): string | undefined {
    let fd: number | undefined;
    try {
      fd = openSync(path, 'r');
      const text = textOf(fd);
      if (kept.size >= limit) closeSync(fd);
      else kept.set(path, { fd, usedIn: round });
      return text;
    } catch (thrown) {
      if (fd !== undefined) closeSync(fd);
      return absentOrThrow(thrown, path);
    }
  }

  function textOf(fd: number): string {
    const length = readSync(fd, buffer, 0, BUFFER_BYTES, 0);
    if (length < BUFFER_BYTES) return buffer.toString('latin1', 0, length);
    const parts = [buffer.toString('latin1', 0, length)];
    for (let at = length; ; ) {
      const more = readSync(fd, buffer, 0, BUFFER_BYTES, at);
      if (more === 0) return parts.join('');
      parts.push(buffer.toString('latin1', 0, more));
      at += more;
    }
  }

  function drop(path: string, { fd }: Kept): void {
    kept.delete(path);
    closeSync(fd);
  }

  return {
    read,
    sweep() {
      for (const [path, one] of kept) if (one.usedIn !== round) drop(path, one);
      round++;
    },
    close() {
      for (const [path, one] of kept) drop(path, one);
    },
  };
}
