import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ProbeFault } from '../domain/probes/fault.ts';
import type { Places } from './slow-files.ts';

/** Reads a small file that may hold a secret. Throws ProbeFault `unreadable`, which does not say what it holds. */
export type ReadSecret = (path: string) => Promise<string>;

/** Certificates with all of a system's authorities are below 1 MiB. */
const LARGEST_BYTES = 1024 ** 2;

/** `places`: of Node's threads, for files on servers that have gone. */
export function createSecretReader(places: Places): ReadSecret {
  return (path) => places(() => readSecret(path));
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
