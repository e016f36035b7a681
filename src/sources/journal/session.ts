import type { Clock } from '../../domain/clock.ts';
import type { JournalReading, JournalRule } from '../../domain/journal.ts';
import { isReadBy, type JournalPlace, parseCursor } from './cursor.ts';
import type { JournalEntry } from './entry.ts';
import { createEntryReader, type LostLines } from './reader.ts';
import type { SavedState } from './saved.ts';
import { createTally } from './tally.ts';

/** What is needed to count from one place of the journal on. */
export interface SessionOptions {
  readonly rules: readonly JournalRule[];
  /** A user's name by number. */
  readonly userName: (uid: number) => string;
  /** Where counting was left; undefined: it begins after `head`. */
  readonly saved: SavedState | undefined;
  /** The newest message when fettle started; undefined: there was none. */
  readonly head: JournalPlace | undefined;
  /** journalctl has left messages out: asks for another start, and says whether there will be one. */
  readonly onLeftOut: () => boolean;
  readonly clock: Clock;
}

/** Counts messages, and knows how far it is. */
export interface Session {
  /** journalctl starts, and begins with `place`. */
  start(): void;
  /** Undefined stands for a line that was too long. */
  take(line: string | undefined): void;
  /** The message that was read last. */
  place(): JournalPlace | undefined;
  counts(): JournalReading['counts'];
  /** How long ago the last message was written when it was read; undefined before the first. */
  lagSeconds(): number | undefined;
  /** How long ago the last message was written; undefined before the first. */
  ageSeconds(): number | undefined;
  /** What is to last beyond a restart; undefined before there is any message. */
  save(stopped: boolean): SavedState | undefined;
}

/**
 * Counts where counting was left.
 *
 * What a crashed fettle has shown may be more than it had saved. Until all that was written in its days has been read
 * again, no counts are shown: a counter that goes back would look like one that began anew, and be added as a whole.
 * That it was stopped is no proof: it may have been started since, and had no room to save that.
 */
export function createSession({ rules, userName, saved, head, onLeftOut, clock }: SessionOptions): Session {
  const startSeconds = secondsNow();
  const from = saved === undefined ? head : parseCursor(saved.cursor);
  const onDropped = (lines: LostLines) => tally.addDropped(lines);
  const reader = createEntryReader(from, { onEntry, onGap, onDropped, onLeftOut });
  let tally = createTally({ rules, userName, saved: saved?.tally });
  let isHeldBack = saved !== undefined && !isCaughtUp(saved.stopped);
  let lagSeconds: number | undefined;

  /** Whether nothing was written since it was saved. */
  function isCaughtUp(stopped: boolean): boolean {
    if (head === undefined) return stopped;
    return from !== undefined && isReadBy(head, from);
  }

  function secondsNow(): number {
    return clock.now().getTime() / 1000;
  }

  function onEntry(entry: JournalEntry, isNew: boolean): void {
    if (isNew) tally.add(entry);
    lagSeconds = Math.max(0, secondsNow() - entry.seconds);
    if (isHeldBack && isOfToday(entry)) isHeldBack = false;
  }

  /** Whether nothing that was written before the start comes after it. */
  function isOfToday({ seconds, place }: JournalEntry): boolean {
    return seconds >= startSeconds || head === undefined || isReadBy(head, place);
  }

  function onGap(missed: number): void {
    // What was shown before the crash can no longer be reached: better all anew than somewhat less than before.
    if (isHeldBack && saved?.stopped === false) tally = createTally({ rules, userName });
    isHeldBack = false;
    tally.addGap(missed);
  }

  /** Whether what was shown is in what is saved. */
  function mayHaveStopped(): boolean {
    return !isHeldBack || saved?.stopped === true;
  }

  return {
    start: reader.start,
    take: reader.take,
    place: () => reader.last()?.place,
    counts: () => (isHeldBack ? undefined : tally.counts()),
    lagSeconds: () => lagSeconds,
    ageSeconds() {
      const seconds = reader.last()?.seconds;
      return seconds === undefined ? undefined : Math.max(0, secondsNow() - seconds);
    },
    save(stopped) {
      const cursor = reader.last()?.place.cursor;
      return cursor === undefined
        ? undefined
        : { cursor, stopped: stopped && mayHaveStopped(), tally: tally.save() };
    },
  };
}
