import { readFile } from 'node:fs';
import { readdir, realpath, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Failure, messageOf } from '../domain/errors.ts';
import { withinLimit } from '../domain/limit.ts';
import type { createGate } from './gate.ts';

/** What came of asking: the value, or why there is none: the kernel's name for it (`EAGAIN`), or `timeout`. */
export type Outcome<T> = { readonly value: T } | { readonly error: string };

/** Sizes of a file system, in blocks of `blockBytes`. */
export interface FileSystemSizes {
  readonly blockBytes: number;
  readonly blocks: number;
  readonly freeBlocks: number;
  /** Free for everybody, not for root alone. */
  readonly availableBlocks: number;
  readonly inodes: number;
  readonly freeInodes: number;
}

/**
 * Ways to ask the kernel for what may make whoever asks wait for ever: a sensor whose bus is stuck, a mount whose
 * server is gone. None of them throws, and each answers within the limit.
 */
export interface SlowFiles {
  readText(path: string): Promise<Outcome<string>>;
  list(path: string): Promise<Outcome<readonly string[]>>;
  /** Where a link leads to in the end. */
  realPath(path: string): Promise<Outcome<string>>;
  /** Sizes of the file system that is mounted there. */
  sizes(path: string): Promise<Outcome<FileSystemSizes>>;
}

/** A gate that lets so many wait in the kernel at once. */
export type Places = ReturnType<typeof createGate>;

/** A sensor on a slow bus takes some 50 ms; a scrape grants all of a collector 5 s. */
const LIMIT_MS = 1000;

/**
 * Gives ways to ask that never take more than `places` of the threads of Node's pool.
 *
 * A call that hangs keeps its thread, and nothing can take it away. The pool has four, and packing of pages and
 * checking of passwords need them too. So what has been asked is not asked again before it has answered: until
 * then it is `timeout`, at once. What waits for a place is given up at the same limit and then not begun.
 */
export function createSlowFiles(places: Places, limitMs: number = LIMIT_MS): SlowFiles {
  return {
    readText: askOnce(places, limitMs, (path) => readWhole(path, 'utf8')),
    list: askOnce(places, limitMs, (path) => readdir(path)),
    realPath: askOnce(places, limitMs, (path) => realpath(path)),
    sizes: askOnce(places, limitMs, readSizes),
  };
}

/** Takes a third less CPU time than that of `node:fs/promises`, which makes a file an object of its own. */
const readWhole = promisify(readFile);

/** Joins those who ask for the same path; past the limit they are told so at once, until the first has its answer. */
function askOnce<T>(
  places: Places,
  limitMs: number,
  ask: (path: string) => Promise<T>,
): (path: string) => Promise<Outcome<T>> {
  const underWay = new Map<string, Promise<Outcome<T>>>();

  function begin(path: string): Promise<Outcome<T>> {
    const answer = withinLimit(path, limitMs, undefined, async (signal) => {
      try {
        return await places(async () => {
          signal.throwIfAborted();
          return await ask(path);
        });
      } finally {
        underWay.delete(path);
      }
    });
    return answer.then((value) => ({ value }), failed);
  }

  return (path) => {
    const found = underWay.get(path);
    if (found !== undefined) return found;
    const begun = begin(path);
    underWay.set(path, begun);
    return begun;
  };
}

function failed(thrown: unknown): { readonly error: string } {
  if (thrown instanceof Failure) return { error: thrown.code };
  const hasCode = thrown instanceof Error && 'code' in thrown;
  return { error: hasCode ? String(thrown.code) : messageOf(thrown) };
}

/**
 * Sizes as statfs(2) tells them.
 *
 * Node gives no `f_frsize`, in which `f_blocks` are counted. The kernel's own file systems have it the same as
 * `f_bsize`; only some FUSE programs do not.
 */
async function readSizes(path: string): Promise<FileSystemSizes> {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
  return {
    blockBytes: bsize,
    blocks,
    freeBlocks: bfree,
    availableBlocks: bavail,
    inodes: files,
    freeInodes: ffree,
  };
}
