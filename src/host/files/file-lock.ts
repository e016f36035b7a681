import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { Failure, messageOf } from '../../domain/errors.ts';

/** A lock that is held until it is released, or until this process ends, however it ends. */
export interface FileLock {
  release(): Promise<void>;
}

/**
 * Takes a file for this process alone. Throws Failure `refused` if another process has it.
 *
 * Node has no flock(2). On Linux an abstract socket named after the file's device and inode does the same: the
 * kernel gives a name to one process at a time and takes it back when the process dies, so no stale lock can
 * remain. It is seen by processes of the same network namespace. Elsewhere there is no such thing, and no lock.
 */
export async function lockFile(path: string): Promise<FileLock> {
  if (process.platform !== 'linux') return { release: async () => undefined };
  const server = await hold(await lockName(path), path);
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/**
 * Whether another process has locked a file, found out without taking it; false where there are no locks.
 *
 * A process of another network namespace is not seen. Throws if there is no such file.
 */
export async function isLocked(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const name = await lockName(path);
  return await new Promise((resolve) => {
    const socket = connect(name);
    const settle = (locked: boolean) => {
      socket.destroy();
      resolve(locked);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}

async function lockName(path: string): Promise<string> {
  return `\0fettle-lock-${identity(await stat(path, { bigint: true }))}`;
}

function identity({ dev, ino }: BigIntStats): string {
  return `${dev}-${ino}`;
}

function hold(name: string, path: string): Promise<Server> {
  // Nobody has anything to say here.
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const taken = 'code' in error && error.code === 'EADDRINUSE';
      const why = taken ? 'another fettle is using it' : messageOf(error);
      reject(new Failure('refused', `taking ${path} for this process: ${why}`));
    });
    server.listen(name, () => {
      server.unref();
      resolve(server);
    });
  });
}
