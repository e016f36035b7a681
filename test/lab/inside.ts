import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { childOf } from './processes.ts';
import { systemPath } from './supervisor.ts';

/** What a finished command has left. `code` is 128 + N for one killed by signal N. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run one command. */
export interface RunOptions {
  readonly timeoutMs?: number;
  readonly input?: string;
  readonly env?: Record<string, string>;
  /** Whether a non-zero exit is an error; true unless said otherwise. */
  readonly check?: boolean;
}

/** A long-running program in the lab. */
export interface LabProcess {
  /** As the host sees it. */
  readonly pid: number;
  /** Its exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** SIGTERM, and SIGKILL when that has not ended it within 5 s. */
  stop(): Promise<number | null>;
  readLog(): string;
}

/** Runs a command in the namespaces of `labPid` and waits for it. */
export async function runInside(
  labPid: number,
  argv: readonly string[],
  { timeoutMs = 30_000, input = '', env = {}, check = true }: RunOptions = {},
): Promise<Finished> {
  const child = enter(labPid, argv, env, ['pipe', 'pipe', 'pipe']);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  child.stdin?.on('error', () => {}); // a command that does not read its input closes it
  child.stdin?.end(input);

  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
    for (const stream of [child.stdout, child.stderr]) stream?.destroy(); // grandchildren may hold them
  }, timeoutMs);
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) =>
      resolve(exitCode ?? 128 + constants.signals[signal ?? 'SIGKILL']),
    );
  }).finally(() => clearTimeout(timer));

  const command = argv.join(' ');
  if (timedOut)
    throw new Error(`${command}: no answer within ${timeoutMs / 1000} s in the lab; ${said(output)}`);
  if (check && code !== 0) throw new Error(`${command}: exit code ${code} in the lab; ${said(output)}`);
  return { code, ...output };
}

/** Starts a program in the namespaces of `labPid`; its output is appended to the host file `log`. */
export function spawnInside(
  labPid: number,
  argv: readonly string[],
  { log, env = {} }: { readonly log: string; readonly env?: Record<string, string> },
): LabProcess {
  const file = openSync(log, 'a');
  const child = enter(labPid, argv, env, ['ignore', file, file]);
  closeSync(file);
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('exit', (code) => resolve(code));
  });
  let known: number | undefined;
  const pid = (): number => {
    known ??= innerPid(child, argv);
    return known;
  };
  return {
    exited,
    get pid() {
      return pid();
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return exited;
      process.kill(pid(), 'SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      return exited.finally(() => clearTimeout(timer));
    },
    readLog: () => readFileSync(log, 'utf8'),
  };
}

type Stdio = readonly ['pipe' | 'ignore', 'pipe' | number, 'pipe' | number];

function enter(
  labPid: number,
  argv: readonly string[],
  env: Record<string, string>,
  stdio: Stdio,
): ChildProcess {
  // nsenter forks to enter a pid namespace and passes no signal on. Its child dies with it by way of
  // setpriv, and the whole is out of reach of a Ctrl-C on our terminal.
  const wrapped = ['-t', String(labPid), '-a', '--', 'setpriv', '--pdeathsig', 'KILL', '--', ...argv];
  return spawn('nsenter', wrapped, {
    stdio: [...stdio],
    detached: true,
    env: { PATH: `${systemPath}:${dirname(process.execPath)}`, LANG: 'C.UTF-8', HOME: '/root', ...env },
  });
}

/** The program itself, the one child of nsenter. It is there within milliseconds. */
function innerPid(child: ChildProcess, argv: readonly string[]): number {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 400 && child.pid !== undefined; tries += 1) {
    const pid = childOf(child.pid);
    if (pid !== undefined) return pid;
    Atomics.wait(clock, 0, 0, 5);
  }
  throw new Error(`${argv.join(' ')}: has no process in the lab; it did not start or has ended`);
}

function said({ stdout, stderr }: Pick<Finished, 'stdout' | 'stderr'>): string {
  return stderr.trim() || stdout.trim().slice(-2_000) || 'it said nothing';
}
