import { Failure } from '../../domain/errors.ts';
import { type ChildEnd, type ChildLimits, startChild } from './child-process.ts';

/** What a program has said, and how it has ended by itself. */
export interface ProgramEnd {
  /** Undefined if a signal has ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** The beginning. */
  readonly stderr: string;
}

/** Runs one program with some arguments, without a shell; see `createProgram`. */
export type Program = (args: readonly string[], signal?: AbortSignal) => Promise<ProgramEnd>;

/**
 * Gives a way to run a program that answers soon and says little.
 *
 * Throws Failure `unreachable` if it cannot be started, `timeout` if it does not end in time, `unreadable` if it says
 * more than it may; and the signal's reason. Its child has ended by then, if it can be ended at all.
 */
export function createProgram(
  path: string,
  limits: ChildLimits,
  env: Readonly<Record<string, string | undefined>> = { PATH: process.env['PATH'], LC_ALL: 'C' },
): Program {
  return async (args, signal) => {
    signal?.throwIfAborted();
    const parts: Buffer[] = [];
    const child = startChild({ path, args, env }, limits, (part) => void parts.push(part));
    signal?.addEventListener('abort', child.stop, { once: true });
    try {
      const end = await child.ended;
      signal?.throwIfAborted();
      throwIfStopped(`${path} ${args[0] ?? ''}`.trim(), limits, end);
      return { exitCode: end.exitCode, stdout: Buffer.concat(parts).toString('utf8'), stderr: end.stderr };
    } finally {
      signal?.removeEventListener('abort', child.stop);
    }
  };
}

function throwIfStopped(
  what: string,
  { timeoutMs, capBytes }: ChildLimits,
  { notStarted, stopped }: ChildEnd,
): void {
  if (notStarted !== undefined) {
    throw new Failure('unreachable', `${what} could not be started: ${notStarted.message}`, {
      cause: notStarted,
    });
  }
  if (stopped === 'timeout') throw new Failure('timeout', `${what} did not end within ${timeoutMs / 1000} s`);
  if (stopped === 'cap') throw new Failure('unreadable', `${what} said more than ${capBytes} bytes`);
}
