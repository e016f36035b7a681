import { spawn } from 'node:child_process';
import { messageOf } from '../../domain/errors.ts';
import type { Account } from '../processes/user-account.ts';

/** A command with which a daemon is started, stopped or asked. No shell sees its arguments. */
export interface ServiceCommand {
  /** The program with its folder, and its arguments. */
  readonly argv: readonly string[];
  /** As whom it runs; undefined: as fettle does. */
  readonly account: Account | undefined;
}

/** How a command has ended. */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'not-started'; readonly problem: string };

/** From SIGTERM to SIGKILL. */
const KILL_AFTER_MS = 2000;

/**
 * Runs a command within a limit, in a process group of its own, which ends as a whole when the limit is over or the
 * signal calls it off. Then rejects with the signal's reason.
 *
 * It may leave a daemon behind, which keeps the command's output open for as long as it lives: so there is no pipe
 * to fettle, which would break one day and take the daemon with it. What the command says is lost.
 */
export async function runServiceCommand(
  { argv, account }: ServiceCommand,
  limitMs: number,
  signal: AbortSignal,
): Promise<CommandEnd> {
  signal.throwIfAborted();
  const [program = '', ...args] = argv;
  return await new Promise((resolve, reject) => {
    let isOver = false;
    const child = spawnSafely(program, args, account);
    if (typeof child === 'string') return resolve({ kind: 'not-started', problem: child });
    const kill = (name: NodeJS.Signals) => signalGroup(child.pid, name);
    let force: NodeJS.Timeout | undefined;
    const end = (settle: () => void) => {
      isOver = true;
      kill('SIGTERM');
      force = setTimeout(() => kill('SIGKILL'), KILL_AFTER_MS);
      settle();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const timer = setTimeout(() => end(() => resolve({ kind: 'timeout' })), limitMs);
    signal.addEventListener('abort', onAbort, { once: true });
    const over = (how: CommandEnd) => {
      clearTimeout(timer);
      clearTimeout(force);
      signal.removeEventListener('abort', onAbort);
      // What has not listened to SIGTERM, though its leader has.
      if (isOver) kill('SIGKILL');
      resolve(how);
    };
    child.on('error', (error) => over({ kind: 'not-started', problem: error.message }));
    child.on('exit', (exitCode, by) =>
      over(exitCode === null ? { kind: 'killed', by: String(by) } : { kind: 'exited', exitCode }),
    );
  });
}

function spawnSafely(program: string, args: readonly string[], account: Account | undefined) {
  const home = account === undefined ? {} : { HOME: account.home, USER: account.name, LOGNAME: account.name };
  try {
    return spawn(program, args, {
      cwd: '/',
      detached: true,
      stdio: 'ignore',
      // Nothing that was meant for fettle alone.
      env: { PATH: process.env['PATH'], LC_ALL: 'C', ...home },
      ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
    });
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // Nobody is left in it.
  }
}
