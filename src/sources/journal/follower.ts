import type { Clock } from '../../domain/clock.ts';
import { yieldTurn } from '../../host/clock.ts';
import {
  type Child,
  type ChildEnd,
  type ChildLimits,
  startChild,
} from '../../host/programs/child-process.ts';
import { ENTRY_FIELDS } from './entry.ts';
import { type Journalctl, journalctlEnv } from './journalctl.ts';
import { createLineCutter } from './lines.ts';

/** What is needed to follow the journal. */
export interface FollowerOptions {
  readonly journalctl: Journalctl;
  /** Where to begin, asked for before each start: with this message, if it is still there; undefined: at the beginning. */
  readonly cursor: () => string | undefined;
  /** A journalctl is about to start. */
  readonly onStart: () => void;
  /** Undefined stands for a line that was too long. */
  readonly onLine: (line: string | undefined) => void;
  readonly onEnd: (end: ChildEnd) => void;
  readonly clock: Clock;
  /** Shorter in tests. */
  readonly limits?: ChildLimits;
  /** Pause before the second start; each further one is twice as long, up to a minute. */
  readonly pauseMs?: number;
}

/** Keeps a `journalctl --follow` running. */
export interface Follower {
  starts(): number;
  /** When something was last heard of it, by `clock.elapsedMs`. */
  heardAt(): number;
  /** Ends journalctl, so that it starts anew at once. */
  restart(): void;
  /** Resolves when nothing of it is left, within 5 s. */
  stop(): Promise<void>;
}

/** Others get their turn after so long. */
const SLICE_MS = 4;

/** After a part that is smaller there is a rest: many at once cost far less than each by itself. A pipe holds 64 KiB. */
const SMALL_PART = 32 * 1024;
const REST_MS = 4;

/** Room for a message of half a million characters, or of a hundred thousand bytes that are no text. */
const LONGEST_LINE = 512 * 1024;

/** It follows for as long as there is something to read; no timer of Node is longer than these 25 days. */
const LIMITS: ChildLimits = { timeoutMs: 2 ** 31 - 1, killAfterMs: 2000, capBytes: Number.MAX_SAFE_INTEGER };

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** A journalctl that ran for so long was well: the pauses begin anew. */
const WELL_AFTER_MS = 60_000;

/** Starts to follow the journal. Lines are read no faster than they are taken, and others get their turn. */
export function startFollower(options: FollowerOptions): Follower {
  const { clock, onLine, limits = LIMITS, pauseMs = FIRST_PAUSE_MS } = options;
  const stopping = new AbortController();
  const cutter = createLineCutter(LONGEST_LINE);
  let starts = 0;
  let heardAt = clock.elapsedMs();
  let child: Child | undefined;

  async function take(part: Buffer): Promise<void> {
    heardAt = clock.elapsedMs();
    child?.progress();
    let sliceEnd = heardAt + SLICE_MS;
    for (const line of cutter.add(part)) {
      // What was asked to stop is not heard any more: who asked may have noted how far it was.
      if (stopping.signal.aborted) return;
      onLine(line);
      if (clock.elapsedMs() < sliceEnd) continue;
      await yieldTurn();
      sliceEnd = clock.elapsedMs() + SLICE_MS;
    }
    if (part.length < SMALL_PART) await clock.sleep(REST_MS, stopping.signal).catch(() => undefined);
  }

  async function runOnce(): Promise<ChildEnd> {
    const { journalctl, cursor, onStart, onEnd } = options;
    cutter.reset();
    onStart();
    starts += 1;
    heardAt = clock.elapsedMs();
    const [path, ...args] = [...journalctl, ...followArguments(cursor())];
    child = startChild({ path: path ?? '', args, env: journalctlEnv() }, limits, take);
    const end = await child.ended;
    child = undefined;
    if (!stopping.signal.aborted) onEnd(end);
    return end;
  }

  async function run(): Promise<void> {
    let pause = pauseMs;
    while (!stopping.signal.aborted) {
      const since = clock.elapsedMs();
      const end = await runOnce();
      if (end.stopped === 'caller') continue;
      if (clock.elapsedMs() - since >= WELL_AFTER_MS) pause = pauseMs;
      await clock.sleep(pause, stopping.signal).catch(() => undefined);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  const running = run();
  return {
    starts: () => starts,
    heardAt: () => heardAt,
    restart: () => child?.stop(),
    async stop() {
      stopping.abort();
      child?.stop();
      await running;
    },
  };
}

/**
 * What journalctl is to do.
 *
 * `--cursor` and not `--after-cursor`: where that message is gone, the latter leaves out the one after it as well
 * (systemd 252). `--no-tail`, or only the last ten would come. `--all`, or what is longer than 4 KiB would be null.
 */
function followArguments(cursor: string | undefined): readonly string[] {
  const follow = ['--follow', '--no-tail', '--all', '--no-pager', '--output=json'];
  const from = cursor === undefined ? [] : [`--cursor=${cursor}`];
  return [...follow, `--output-fields=${ENTRY_FIELDS}`, ...from];
}
