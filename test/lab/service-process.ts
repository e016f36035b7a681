import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { findProgram } from './programs.ts';
import { waitFor } from './wait.ts';

/** A real server on 127.0.0.1 that a test or the demo runs. */
export interface Service {
  readonly url: string;
  readonly port: number;
  /** Ends it within 5 s and removes its data. */
  stop(): Promise<void>;
  readLog(): string;
}

/** What to start; `argv` is made for a data folder that is new and empty. */
export interface ServiceOptions {
  readonly name: string;
  /** Existing folder for its data and log. */
  readonly dir: string;
  readonly port: number | undefined;
  argv(data: string, listen: string): readonly string[];
}

/**
 * Starts a server and waits until its /-/ready says yes, 30 s at most; else throws with the tail of its log.
 *
 * It dies with this process, however that ends.
 */
export async function startService({ name, dir, port, argv }: ServiceOptions): Promise<Service> {
  const at = port ?? (await freePort());
  const url = `http://127.0.0.1:${at}`;
  const data = mkdtempSync(`${dir}/${name}-`);
  const log = `${data}.log`;
  const child = spawnMortal(argv(data, `127.0.0.1:${at}`), log);
  const readLog = (): string => readFileSync(log, 'utf8');
  const stop = async (): Promise<void> => {
    await terminate(child);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await waitReady(child, name, url);
  } catch (cause) {
    await stop();
    const tail = readLog().trim().split('\n').slice(-10).join('\n');
    throw new Error(`${name} did not start: ${cause instanceof Error ? cause.message : cause}\n${tail}`, {
      cause,
    });
  }
  return { url, port: at, stop, readLog };
}

/** A TCP port of 127.0.0.1 that nobody listens on at this moment: the preferred one, or any. */
export async function freePort(preferred = 0): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => (preferred === 0 ? reject(error) : resolve(freePort()));
    server.on('error', onError).listen(preferred, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function spawnMortal(argv: readonly string[], log: string): ChildProcess {
  // Linux's parent death signal: not even a SIGKILL of ours leaves it running.
  const mortal = findProgram('setpriv') === undefined ? [] : ['setpriv', '--pdeathsig', 'KILL', '--'];
  const [program = '', ...rest] = [...mortal, ...argv];
  const file = openSync(log, 'a');
  // Detached, so that a Ctrl-C on our terminal reaches it through stop() only, in our order.
  const child = spawn(program, rest, { stdio: ['ignore', file, file], detached: true });
  closeSync(file);
  child.on('error', () => {}); // seen by waitReady: it has no pid
  return child;
}

async function waitReady(child: ChildProcess, name: string, url: string): Promise<void> {
  const outcome = await waitFor(
    `${name} is ready at ${url}`,
    async () => {
      if (hasEnded(child)) return 'ended';
      const { ok } = await fetch(`${url}/-/ready`);
      return ok ? 'ready' : undefined;
    },
    { timeoutMs: 30_000 },
  );
  if (outcome === 'ended') throw new Error(`it ended at once (exit code ${child.exitCode})`);
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function terminate(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 4_000);
  await ended;
  clearTimeout(timer);
}
