import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { Places } from '../slow/slow-files.ts';

/**
 * Reads a small file that may hold a secret. Throws ProbeFault `unreadable`, which does not say what it holds, or the
 * reason of the reader's signal, at once.
 */
export type ReadSecret = (path: string, reader?: SecretReader) => Promise<string>;

/** Whoever waits for a secret. */
export interface SecretReader {
  /** When it fires, the reader waits no longer; what nobody waits for is not begun. */
  readonly signal: AbortSignal;
  /** Told once reading has got its place. */
  readonly onBegun: () => void;
}

/** Certificates with all of a system's authorities are below 1 MiB. */
const LARGEST_BYTES = 1024 ** 2;

/**
 * Reads each file once at a time, whoever asks for it meanwhile: one on a server that is gone takes one of Node's
 * threads, however often it is asked for. `placesOf` gives the places for a path.
 */
export function createSecretReader(
  placesOf: (path: string) => Places,
  read: (path: string) => Promise<string> = readSecret,
): ReadSecret {
  const underWay = new Map<string, Reading>();

  return async (path, reader) => {
    reader?.signal.throwIfAborted();
    const known = underWay.get(path);
    const reading = known ?? beginReading(placesOf(path), () => read(path));
    if (known === undefined) {
      underWay.set(path, reading);
      const forget = () => underWay.get(path) === reading && underWay.delete(path);
      reading.text.then(forget, forget);
    }
    if (reader === undefined) return await reading.text;
    // One that was dropped is not for those who come later.
    return await joined(reading, reader, () => underWay.delete(path));
  };
}

/** A read that is under way, or waits for its place. */
interface Reading {
  readonly text: Promise<string>;
  /** Whether it has left the line. */
  isBegun: boolean;
  /** Takes it out of the line. */
  readonly drop: () => void;
  /**
   * Those who wait for it. Not by the promise: a read may hang for days, and a promise keeps all who ever waited.
   */
  readonly waiting: Set<Waiting>;
}

interface Waiting {
  readonly onBegun: () => void;
  readonly resolve: (text: string) => void;
  readonly reject: (thrown: unknown) => void;
}

function beginReading(places: Places, read: () => Promise<string>): Reading {
  const dropping = new AbortController();
  const waiting = new Set<Waiting>();
  const work = () => {
    reading.isBegun = true;
    for (const { onBegun } of waiting) onBegun();
    return read();
  };
  const reading = { isBegun: false, drop: () => dropping.abort(), waiting };
  const text = places(work, dropping.signal);
  text.then(
    (value) => {
      for (const { resolve } of waiting) resolve(value);
    },
    (thrown: unknown) => {
      for (const { reject } of waiting) reject(thrown);
    },
  );
  return Object.assign(reading, { text });
}

function joined(reading: Reading, { signal, onBegun }: SecretReader, onDropped: () => void): Promise<string> {
  const { waiting } = reading;
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiting.delete(one);
      if (waiting.size === 0 && !reading.isBegun) {
        reading.drop();
        onDropped();
      }
      reject(signal.reason);
    };
    const end = () => signal.removeEventListener('abort', leave);
    const one: Waiting = {
      onBegun,
      resolve(text) {
        end();
        resolve(text);
      },
      reject(thrown) {
        end();
        reject(thrown);
      },
    };
    waiting.add(one);
    signal.addEventListener('abort', leave, { once: true });
    if (reading.isBegun) onBegun();
  });
}

async function readSecret(path: string): Promise<string> {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK a pipe would wait here for its writer.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) throw new ProbeFault('unreadable', `${path} is not a file`);
    if (stats.size > LARGEST_BYTES) {
      throw new ProbeFault(
        'unreadable',
        `${path} has ${stats.size} bytes; expected at most ${LARGEST_BYTES}`,
      );
    }
    const buffer = Buffer.alloc(stats.size);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (thrown) {
    if (thrown instanceof ProbeFault) throw thrown;
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'error';
    throw new ProbeFault('unreadable', `${path} cannot be read (${code}); fettle reads it at each question`, {
      cause: thrown,
    });
  } finally {
    await file?.close();
  }
}
