import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs';
import { open, readdir, realpath, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { createGate } from '../../domain/gate.ts';
import { createDeviceOf } from './device-of.ts';
import { createDeviceTurns, type HungRead } from './device-turns.ts';
import { type Outcome, UNASKED } from './outcome.ts';

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
 * server is gone. None of them throws, and each answers within a limit.
 *
 * Of one device one thing is asked at a time, and nothing while it hangs. What gets no place in time, or by the
 * signal's, is `UNASKED`.
 */
export interface SlowFiles {
  readText(path: string, signal?: AbortSignal): Promise<Outcome<string>>;
  /** Of a file that no device has to answer for, such as those of procfs. */
  readLocal(path: string, signal?: AbortSignal): Promise<Outcome<string>>;
  /** The first bytes, fewer if the file is shorter. */
  readHead(path: string, bytes: number, signal?: AbortSignal): Promise<Outcome<Uint8Array>>;
  list(path: string, signal?: AbortSignal): Promise<Outcome<readonly string[]>>;
  /** Where a link leads to in the end. */
  realPath(path: string, signal?: AbortSignal): Promise<Outcome<string>>;
  /** Sizes of the local file system that is mounted there. */
  sizes(path: string, signal?: AbortSignal): Promise<Outcome<FileSystemSizes>>;
  /** Sizes of a file system of another machine, or of one that a program serves: one of all these at a time. */
  remoteSizes(path: string, signal?: AbortSignal): Promise<Outcome<FileSystemSizes>>;
  /** What hangs now. */
  hung(): readonly HungRead[];
  /** How often something was not asked. */
  leftOut(): number;
}

/** A gate that lets so many wait in the kernel at once. */
export type Places = ReturnType<typeof createGate>;

/** A sensor on a slow bus takes some 50 ms. */
const ANSWER_LIMIT_MS = 1000;

/** A scrape grants all of a collector 5 s, in which the last one must get its answer. */
const PLACE_LIMIT_MS = 3500;

/**
 * Gives ways to ask that never take more than these places of the threads of Node's pool.
 *
 * A call that hangs keeps its thread, and nothing can take it away. The pool has four, and packing of pages and
 * checking of passwords need them too. Folders, local files and local file systems are asked in `localPlaces`,
 * and where what hangs has all of those, in `places`.
 */
export function createSlowFiles(
  places: Places,
  answerMs: number = ANSWER_LIMIT_MS,
  localPlaces: Places = places,
): SlowFiles {
  const patience = { answerMs, placeMs: PLACE_LIMIT_MS };
  const devices = createDeviceTurns(places, patience);
  const local = localPlaces === places ? devices : createDeviceTurns(localPlaces, patience);
  const deviceOf = createDeviceOf(() => performance.now());
  let leftOut = 0;

  function counted<T>(outcome: Outcome<T>): Outcome<T> {
    if ('error' in outcome && outcome.error === UNASKED) leftOut += 1;
    return outcome;
  }

  /** With a local file system and a device that hang, one more device would leave no thread to spare. */
  function isTooMany(path: string): boolean {
    if (local === devices || local.hung().length === 0) return false;
    const hung = devices.hung();
    return hung.length > 0 && !hung.some((one) => one.path === path);
  }

  async function askDevice<T>(
    path: string,
    device: string,
    work: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<Outcome<T>> {
    return counted(isTooMany(path) ? { error: UNASKED } : await devices.ask(path, device, work, signal));
  }

  function askLocal<T>(ask: (path: string) => Promise<T>) {
    return async (path: string, signal?: AbortSignal): Promise<Outcome<T>> => {
      const work = () => ask(path);
      const outcome = await local.ask(path, path, work, signal);
      const isLeftOut = 'error' in outcome && outcome.error === UNASKED && local !== devices;
      return isLeftOut ? await askDevice(path, LOCAL, work, signal) : counted(outcome);
    };
  }

  return {
    readText: (path, signal) => askDevice(path, deviceOf(path), () => readWhole(path, 'utf8'), signal),
    readLocal: askLocal((path) => readWhole(path, 'utf8')),
    readHead: (path, bytes, signal) => askDevice(path, deviceOf(path), () => readHead(path, bytes), signal),
    list: askLocal((path) => readdir(path)),
    realPath: askLocal((path) => realpath(path)),
    sizes: askLocal(readSizes),
    remoteSizes: (path, signal) => askDevice(path, REMOTE, () => readSizes(path), signal),
    hung: () => (local === devices ? devices.hung() : [...devices.hung(), ...local.hung()]),
    leftOut: () => leftOut,
  };
}

/** Stands for all other machines: if one is gone, others may be too. */
const REMOTE = 'other machines';

/** Stands for local files while one of them hangs, and keeps the place of their own. */
const LOCAL = 'local files';

/**
 * The same ways, in which nothing waits past a time from now, so that what has been read by then can be told.
 *
 * `withinMs` is less than the limit of a collector, past which it may tell nothing at all.
 */
export function boundedFiles(files: SlowFiles, withinMs: number = READING_LIMIT_MS): SlowFiles {
  const end = AbortSignal.timeout(withinMs);
  // Each read that waits listens; 0 is any number.
  setMaxListeners(0, end);
  return {
    ...files,
    readText: (path) => files.readText(path, end),
    readLocal: (path) => files.readLocal(path, end),
    readHead: (path, bytes) => files.readHead(path, bytes, end),
    list: (path) => files.list(path, end),
    realPath: (path) => files.realPath(path, end),
    sizes: (path) => files.sizes(path, end),
    remoteSizes: (path) => files.remoteSizes(path, end),
  };
}

const READING_LIMIT_MS = 4000;

/** Takes a third less CPU time than that of `node:fs/promises`, which makes a file an object of its own. */
const readWhole = promisify(readFile);

async function readHead(path: string, bytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
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
