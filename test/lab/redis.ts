import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempFolder } from '../fakes/temp-folder.ts';
import { findProgram } from './programs.ts';
import { canUnpack, unpackPackages } from './unpack.ts';
import { waitFor } from './wait.ts';

/** One sentence why there can be no Redis here; undefined where it can be tried. */
export function redisMissing(): string | undefined {
  if (findProgram('redis-server') !== undefined || canUnpack()) return undefined;
  return 'redis-server is not on PATH, and there is no apt-get to fetch it with';
}

/** A program, and where its libraries are if not in the usual places. */
interface RedisProgram {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** redis-server on PATH, else Debian's, unpacked (not installed) below `.cache` on first use. Needs no root. */
async function findRedis(): Promise<RedisProgram> {
  const installed = findProgram('redis-server');
  if (installed !== undefined) return { path: installed, env: {} };
  const root = await unpackPackages({
    name: 'redis',
    scope: 'only',
    packages: ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', '+libatomic1'],
    purpose: 'redis-server is not on PATH',
  });
  const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((name) => `${root}/usr/lib/${name}`);
  return { path: `${root}/usr/bin/redis-server`, env: { LD_LIBRARY_PATH: libraries.join(':') } };
}

/** A Redis of the running test, with its data in a folder of its own. */
export interface LabRedis {
  readonly host: string;
  readonly port: number;
  readonly socket: string;
  readonly folder: string;
  readonly pid: number;
  /** Its log so far. */
  log(): string;
  /** Ends it with a signal, and waits until it has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** How to start one. */
export interface LabRedisOptions {
  /** As in `['--requirepass', 'x']`. */
  readonly args?: readonly string[];
  /** With the data of one that has ended. */
  readonly folder?: string;
  /** The line of its log by which it is ready. */
  readonly ready?: RegExp;
}

/** Starts a Redis on a free port of 127.0.0.1 and on a socket, without saving by itself. */
export async function startRedis({
  args = [],
  folder = tempFolder(),
  ready = /Ready to accept connections|ready to accept connections at/,
}: LabRedisOptions = {}): Promise<LabRedis> {
  const { path, env } = await findRedis();
  const port = await freePort();
  const socket = join(folder, 'redis.sock');
  const own = ['--bind', '127.0.0.1', '--port', String(port), '--unixsocket', socket];
  const quiet = ['--dir', folder, '--save', '', '--daemonize', 'no'];
  const child = spawn(path, [...own, ...quiet, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onTestFinished(() => end(child, ended, 'SIGKILL'));
  await waitFor('Redis is ready', () => {
    if (child.exitCode !== null) throw new Error(`Redis has ended: ${log}`);
    return ready.test(log) || undefined;
  });
  if (child.pid === undefined) throw new Error('Redis has not started');
  return {
    host: '127.0.0.1',
    port,
    socket,
    folder,
    pid: child.pid,
    log: () => log,
    end: (signal) => end(child, ended, signal),
  };
}

async function end(child: ChildProcess, ended: Promise<void>, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await ended;
}

/** Of a moment ago: nobody else has taken it meanwhile, most likely. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('it does not listen on a port');
  return address.port;
}

/** Says a command to a Redis, and gives the beginning of what it answers. */
export async function sayToRedis({ socket }: LabRedis, ...words: readonly string[]): Promise<string> {
  const connection = createConnection({ path: socket });
  const command = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');
  connection.write(`*${words.length}\r\n${command}`);
  try {
    const [answer] = await once(connection, 'data');
    return String(answer);
  } finally {
    connection.destroy();
  }
}
