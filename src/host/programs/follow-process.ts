import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../../domain/clock.ts';
import { messageOf } from '../../domain/errors.ts';
import { yieldTurn } from '../clock.ts';

/** A program that is kept running, and what becomes of its lines. */
export interface FollowOptions {
  /** The program and its arguments, asked for before each start. Empty ones end nothing; they are an error. */
  readonly argv: () => readonly string[];
  readonly onLine: (line: string) => void;
  /** It has ended, or did not start; it will be started again. `stderr` is the end of what it said. */
  readonly onEnd: (end: { readonly reason: string; readonly stderr: string }) => void;
  readonly clock: Clock;
  /** A program that has been silent for so long is started anew; none: never. */
  readonly silenceMs?: number;
  /** Pause before the second start; each further one is twice as long, up to a minute. */
  readonly pauseMs?: number;
}

/** A program that is kept running. */
export interface Followed {
  /** How often it was started. */
  readonly starts: () => number;
  /** Lines that were too long, and were dropped. */
  readonly dropped: () => number;
  /** Ends it and all that it has started; resolves when it has ended, within 5 s. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** A program that ran for so long was well: the pauses begin anew. */
const WELL_AFTER_MS = 60_000;

/** Longer lines are dropped: a line of the journal with the kernel's longest message is below 16 KiB. */
const LONGEST_LINE = 65_536;

const STDERR_KEPT = 2048;

/** Between asking to end and killing, and between killing and giving up. */
const GRACE_MS = 2000;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/**
 * Keeps a program running, in a process group of its own and without a shell, and hands over its lines.
 *
 * Its output is read no faster than others get their turn.
 */
export function followProcess(options: FollowOptions): Followed {
  const { clock, pauseMs = FIRST_PAUSE_MS } = options;
  const stopping = new AbortController();
  const lines = createLineSplitter(options.onLine);
  let starts = 0;

  async function run(): Promise<void> {
    let pause = pauseMs;
    while (!stopping.signal.aborted) {
      const since = clock.elapsedMs();
      starts += 1;
      lines.reset();
      const end = await runOnce(options, lines.add, stopping.signal);
      if (stopping.signal.aborted) return;
      options.onEnd(end);
      if (clock.elapsedMs() - since >= WELL_AFTER_MS) pause = pauseMs;
      await clock.sleep(pause, stopping.signal).catch(() => undefined);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  const running = run();
  return {
    starts: () => starts,
    dropped: lines.dropped,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

interface End {
  readonly reason: string;
  readonly stderr: string;
}

async function runOnce(
  options: FollowOptions,
  add: (text: string) => void,
  signal: AbortSignal,
): Promise<End> {
  const child = start(options.argv());
  if (typeof child === 'string') return { reason: child, stderr: '' };
  const { ended, giveUp } = endOf(child);
  const end = () => void terminate(child, ended).then(giveUp);
  const watch = createSilenceWatch(options.silenceMs, end);
  signal.addEventListener('abort', end, { once: true });
  const stderr = keepTail(child.stderr);
  try {
    await readAll(child, add, watch.heard);
    return { reason: await ended, stderr: stderr() };
  } finally {
    watch.stop();
    signal.removeEventListener('abort', end);
  }
}

async function readAll(child: Child, add: (text: string) => void, onText: () => void): Promise<void> {
  child.stdout.setEncoding('utf8');
  try {
    for await (const text of child.stdout) {
      onText();
      add(String(text));
      await yieldTurn();
    }
  } catch {
    // A pipe that breaks, or was destroyed because its holder would not end: the end of the child says why.
  }
}

/** The child, or why there is none. */
function start([program = '', ...args]: readonly string[]): Child | string {
  try {
    return spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      // Nothing that was meant for fettle alone.
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Why it has ended, once it has, or could not be started, or is no longer waited for. */
function endOf(child: Child): { readonly ended: Promise<string>; readonly giveUp: () => void } {
  let giveUp: () => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    giveUp = () => resolve('it could not be killed');
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => {
      resolve(code === null ? `ended by ${String(signal)}` : `ended with exit code ${code}`);
      // What it has started may hold its pipes for ever.
      const timer = setTimeout(() => letGo(child), GRACE_MS);
      child.on('close', () => clearTimeout(timer));
    });
  });
  return { ended, giveUp };
}

/** Ends the child's group, by force if need be; a child that cannot even be killed is left behind. */
async function terminate(child: Child, ended: Promise<string>): Promise<void> {
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    signalGroup(child, name);
    if (await endsWithin(ended, GRACE_MS)) break;
  }
  letGo(child);
}

/** Kills what is left of the group, and reads no more of it. */
function letGo(child: Child): void {
  signalGroup(child, 'SIGKILL');
  child.stdout.destroy();
  child.stderr.destroy();
}

function signalGroup({ pid }: Child, name: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // Nobody is left in it.
  }
}

async function endsWithin(ended: Promise<string>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const result = await Promise.race([ended.then(() => true), limit]);
  clearTimeout(timer);
  return result;
}

/** Calls once when nothing was heard for so long. */
function createSilenceWatch(silenceMs: number | undefined, onSilence: () => void) {
  if (silenceMs === undefined) return { heard: () => undefined, stop: () => undefined };
  const timer = setTimeout(onSilence, silenceMs);
  return { heard: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}

function keepTail(stream: Readable): () => string {
  let tail = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_KEPT);
  });
  stream.on('error', () => undefined);
  return () => tail.trim();
}

/** Cuts text into lines; what has no end yet waits, unless it is too long. */
function createLineSplitter(onLine: (line: string) => void) {
  let rest = '';
  let skipping = false;
  let dropped = 0;

  function end(line: string): void {
    if (skipping) skipping = false;
    else if (line.length > LONGEST_LINE) dropped += 1;
    else onLine(line);
  }

  return {
    add(text: string): void {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) end(line);
      if (rest.length <= LONGEST_LINE) return;
      if (!skipping) dropped += 1;
      skipping = true;
      rest = '';
    },
    reset(): void {
      rest = '';
      skipping = false;
    },
    dropped: () => dropped,
  };
}
