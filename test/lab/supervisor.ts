import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { startTime } from './processes.ts';

/** What a lab is booted with; see boot.sh. */
export interface Boot {
  readonly net: 'host' | 'private';
  /** Host folders shared read-write at the same path, besides `dir`. */
  readonly share: readonly string[];
  /** Folder with an unpacked systemd, where the host has none. */
  readonly parts: string | undefined;
}

/** The process that owns one lab from the outside and outlives us by the moments it takes to clear up. */
export interface Supervisor {
  /** Fresh host folder, shared with the lab. */
  readonly dir: string;
  /** PID 1 of the lab as the host sees it; it may still be on its way to become systemd. */
  readonly pid: number;
  /** The last lines that boot script, kernel-log FIFO and systemd have left. */
  consoleTail(): string;
  /** Kills the lab and resolves when nothing of it is left; throws naming what is. */
  stop(): Promise<void>;
}

/** Starts `supervise.sh`, which sweeps dead labs and boots a new one. Throws when it could not boot. */
export async function startSupervisor({ net, share, parts }: Boot): Promise<Supervisor> {
  // The name says whose lab this is, so that a later start can tell whether the owner is still there.
  const state = mkdtempSync(`${tmpdir()}/fettle-lab-${process.pid}-${startTime(process.pid)}-`);
  const dir = `${state}/share`;
  mkdirSync(dir);
  const child = spawn('bash', [fileURLToPath(new URL('supervise.sh', import.meta.url)), state], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // Out of reach of a Ctrl-C on our terminal: it has to clear up after us.
    detached: true,
    env: { PATH: systemPath, LAB_NET: net, LAB_SHARE: [dir, ...share].join('\n'), LAB_PARTS: parts ?? '' },
  });
  child.stdin.on('error', () => {}); // it may have been killed before we tell it to stop
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
  });
  const lines = createInterface({ input: child.stdout });
  const left: string[] = [];
  lines.on('line', (line) => {
    if (line.startsWith('left ')) left.push(line.slice('left '.length));
  });
  const consoleTail = (): string => tail(`${state}/console.log`);
  const stop = async (): Promise<void> => {
    keepAlive(child, true);
    child.stdin.end();
    await within20Seconds(closed, state);
    if (left.length > 0) throw new Error(`the lab stopped, but these are left: ${left.join(', ')}`);
  };

  const pid = Number(/^pid (\d+)$/.exec(await firstLine(child, lines))?.[1]);
  if (!(pid > 0)) {
    const console = consoleTail();
    await stop();
    throw new Error(`the lab's namespaces could not be made:\n${console}`);
  }
  return { dir, pid, consoleTail, stop };
}

/** The search path inside the lab and of its scripts. */
export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

type SupervisorProcess = ChildProcessByStdio<Writable, Readable, null>;

async function firstLine(child: SupervisorProcess, lines: Interface): Promise<string> {
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => String(text)),
    once(child, 'exit').then(() => 'exited'),
  ]);
  // A forgotten lab does not keep its owner's event loop alive.
  keepAlive(child, false);
  return line;
}

/** Whether the supervisor and its pipes hold the event loop. */
function keepAlive(child: SupervisorProcess, keep: boolean): void {
  for (const handle of [child, child.stdin, child.stdout] as readonly { ref?(): void; unref?(): void }[]) {
    if (keep) handle.ref?.();
    else handle.unref?.();
  }
}

async function within20Seconds(closed: Promise<void>, state: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    const error = new Error(`the lab of ${state} did not stop within 20 s; its supervisor is still at it`);
    timer = setTimeout(() => reject(error), 20_000);
  });
  await Promise.race([closed, limit]).finally(() => clearTimeout(timer));
}

function tail(file: string): string {
  return readFileSync(file, { encoding: 'utf8', flag: 'a+' }).trim().split('\n').slice(-15).join('\n');
}
