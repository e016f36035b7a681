import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { yieldTurn } from '../clock.ts';
import { createWaiting, drained } from './drain.ts';

/** A program to run: no shell sees its arguments. */
export interface ChildCommand {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As whom it runs, in no other group; left out: as fettle does. Only root may say so. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
}

/** What a child may take before it is stopped; time and bytes start anew whenever it has made progress. */
export interface ChildLimits {
  readonly timeoutMs: number;
  /** From SIGTERM to SIGKILL, and from there until it counts as stuck. */
  readonly killAfterMs: number;
  /** Of its output. */
  readonly capBytes: number;
  /** Whether all that it has started and left in its group ends with it, also where it ends by itself. */
  readonly leavesNobody?: boolean;
}

/** How a child has ended, or that it has not. */
export interface ChildEnd {
  /** Undefined if it has not ended by itself. */
  readonly exitCode: number | undefined;
  /** Why it was stopped; undefined if it was not. */
  readonly stopped: ChildStop | undefined;
  /** Why it could not be started; undefined if it was. */
  readonly notStarted: Error | undefined;
  /** The beginning of what it wrote to stderr. */
  readonly stderr: string;
  /** Whether it is still there after SIGKILL, as one that waits in a driver may be for ever. */
  readonly stuck: boolean;
}

/** Why a child was stopped: it took too long, wrote too much, or is needed no more. */
export type ChildStop = 'timeout' | 'cap' | 'caller';

/** A running child. */
export interface Child {
  /** Resolves in any case, within the limits and the time that `onOutput` needs; rejects only if that does. */
  readonly ended: Promise<ChildEnd>;
  /** Resolves once the process is no more: never, if it stays stuck. */
  readonly gone: Promise<void>;
  /** It has done what it should: its limits start anew. */
  progress(): void;
  stop(): void;
  /** Stops it, and all that it has started, without any patience. */
  kill(): void;
}

/** Sends a signal to a process group, by the negative of its number; throws if there is none. */
export type SendSignal = (pid: number, signal: NodeJS.Signals) => void;

type Running = ChildProcessByStdio<null, Readable, Readable>;

const STDERR_LENGTH = 8192;
/** How long the output of a child that has ended may be held open by what it has started. */
const DRAIN_MS = 1000;
const STUCK = 'stuck';

/**
 * Runs a program in its own process group, and hands on its output part by part.
 *
 * The next part is read when `onOutput` is done with the last one, and other work has had its turn. What goes
 * beyond the limits gets SIGTERM, then SIGKILL, together with all that it has started.
 */
export function startChild(
  command: ChildCommand,
  limits: ChildLimits,
  onOutput: (part: Buffer) => void | Promise<void>,
  sendSignal: SendSignal = process.kill,
): Child {
  let child: Running;
  try {
    child = spawn(command.path, command.args, {
      cwd: '/',
      detached: true,
      env: command.env,
      // libuv leaves all other groups (setgroups) where one of these is given.
      ...(command.account === undefined ? {} : { uid: command.account.uid, gid: command.account.gid }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (thrown) {
    return neverStarted(thrown instanceof Error ? thrown : new Error(String(thrown)));
  }
  return watched(child, limits, onOutput, sendSignal);
}

function neverStarted(notStarted: Error): Child {
  const end = { exitCode: undefined, stopped: undefined, notStarted, stderr: '', stuck: false };
  return {
    ended: Promise.resolve(end),
    gone: Promise.resolve(),
    progress: () => undefined,
    stop: () => undefined,
    kill: () => undefined,
  };
}

function watched(
  child: Running,
  limits: ChildLimits,
  onOutput: (part: Buffer) => void | Promise<void>,
  sendSignal: SendSignal,
): Child {
  let stopped: ChildStop | undefined;
  let bytes = 0;
  let hasExited = false;
  let timer = setTimeout(() => stop('timeout'), limits.timeoutMs);
  const stderr = keepBeginning(child.stderr);
  const stuck = deferred<typeof STUCK>();
  const waiting = createWaiting();

  function signalGroup(signal: NodeJS.Signals): void {
    try {
      if (child.pid !== undefined) sendSignal(-child.pid, signal);
    } catch {
      // Nobody of the group is left.
    }
  }

  function later(ms: number, work: () => void): void {
    clearTimeout(timer);
    timer = setTimeout(work, ms);
  }

  function stop(why: ChildStop): void {
    // What it wrote is often read to the end, and found to be too much, only after it has ended.
    if (stopped !== undefined || (hasExited && why !== 'cap')) return;
    stopped = why;
    if (hasExited) return;
    signalGroup('SIGTERM');
    later(limits.killAfterMs, kill);
  }

  function kill(): void {
    if (hasExited) return;
    stopped ??= 'caller';
    signalGroup('SIGKILL');
    later(limits.killAfterMs, () => stuck.resolve(STUCK));
  }

  async function read(): Promise<void> {
    for await (const part of parts(child.stdout)) {
      waiting.end();
      bytes += part.length;
      if (bytes > limits.capBytes) return stop('cap');
      await onOutput(part);
      await yieldTurn();
      waiting.begin();
    }
  }

  const gone = once(child).then((exit) => {
    hasExited = true;
    clearTimeout(timer);
    // What it has started ends with it; when it ended by itself, only if it should, or keeps its output open.
    if (stopped !== undefined || limits.leavesNobody) signalGroup('SIGKILL');
    return exit;
  });

  /** Whoever is slow to take what is there is waited for, unless the child was stopped. */
  async function allRead(reading: Promise<void>): Promise<void> {
    const sinceMs = performance.now();
    waiting.reset();
    const waitedMs = () => (stopped === undefined ? waiting.ms() : performance.now() - sinceMs);
    const limit = { waitedMs, limitMs: DRAIN_MS };
    await drained([reading, stderr.ended], limit, () => signalGroup('SIGKILL'));
  }

  async function end(): Promise<ChildEnd> {
    const reading = read().catch((thrown: unknown) => {
      stop('caller');
      throw thrown;
    });
    // Awaited below, unless the child is stuck first.
    reading.catch(() => undefined);
    const exit = await Promise.race([gone, stuck.promise]);
    if (exit !== STUCK) await allRead(reading);
    letGo(child);
    const { exitCode, notStarted } = exit === STUCK ? {} : exit;
    return { exitCode, stopped, notStarted, stderr: stderr.text(), stuck: exit === STUCK };
  }

  return {
    ended: end(),
    gone: gone.then(() => undefined),
    progress() {
      bytes = 0;
      if (stopped === undefined && !hasExited) later(limits.timeoutMs, () => stop('timeout'));
    },
    stop: () => stop('caller'),
    kill,
  };
}

interface Outcome {
  readonly exitCode?: number | undefined;
  readonly notStarted?: Error;
}

function once(child: Running): Promise<Outcome> {
  return new Promise((resolve) => {
    child.on('error', (notStarted) => resolve({ notStarted }));
    child.on('exit', (code) => resolve({ exitCode: code ?? undefined }));
  });
}

/** What a stream gives until it ends or is destroyed. */
async function* parts(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const part of stream) if (Buffer.isBuffer(part)) yield part;
  } catch (thrown) {
    if (!stream.destroyed) throw thrown;
  }
}

/** A child that is stuck does not keep fettle from ending. */
function letGo(child: Running): void {
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
}

/** Reads all, so that its writer never waits, and keeps the beginning. */
function keepBeginning(stream: Readable): { readonly text: () => string; readonly ended: Promise<void> } {
  let text = '';
  stream.setEncoding('utf8').on('data', (part: string) => {
    if (text.length < STDERR_LENGTH) text = (text + part).slice(0, STDERR_LENGTH);
  });
  stream.on('error', () => undefined);
  return { text: () => text, ended: new Promise((resolve) => stream.once('close', resolve)) };
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
