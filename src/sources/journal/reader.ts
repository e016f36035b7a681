import type { JournalDrop } from '../../domain/journal.ts';
import { firstStep, type JournalPlace, type Step, stepBetween } from './cursor.ts';
import { type JournalEntry, parseEntry } from './entry.ts';

/** Takes the lines of journalctl. */
export interface EntryReader {
  /** journalctl starts, and begins with the message that was read last. */
  start(): void;
  /** Undefined stands for a line that was too long. */
  take(line: string | undefined): void;
  /** The message that was read last; undefined if there was none. */
  last(): LastEntry | undefined;
}

/** A message that was read. */
interface LastEntry {
  readonly place: JournalPlace;
  /** Unix time; undefined for one that was read before fettle started. */
  readonly seconds: number | undefined;
}

/** Lines that could not be taken. */
export type LostLines = Readonly<Record<Exclude<JournalDrop, 'missed'>, number>>;

const NONE_LOST: LostLines = { malformed: 0, too_long: 0 };

/** What a reader tells of. */
export interface EntryEvents {
  /** A message; the one that was read last comes once more at each start, and is not new. */
  readonly onEntry: (entry: JournalEntry, isNew: boolean) => void;
  /** So many lines could not be taken; told with the next that can, so that another start tells none twice. */
  readonly onDropped: (lines: LostLines) => void;
  /** So many messages were removed before they were read, 0 if nobody knows; it comes before the one after them. */
  readonly onGap: (missed: number) => void;
  /** Messages were left out: asks for another start, and says whether there will be one. */
  readonly onLeftOut: () => boolean;
}

/** Rows of numbers that are remembered: one for each user with messages. */
const MOST_ROWS = 1024;

/**
 * Gives a reader that goes on after `from`.
 *
 * `journalctl --follow` at times leaves out a message of one file while it reads one of another. It shows in the
 * numbers, and one that is started anew has it. Only what that one leaves out too is missed.
 */
export function createEntryReader(from: JournalPlace | undefined, events: EntryEvents): EntryReader {
  const rows = new Map<string, number>();
  let last: LastEntry | undefined;
  let isFirst = true;
  /** Another start was asked for: what still comes belongs to the one before. */
  let isOver = false;
  /** Where the reader has begun: what lies behind it has been looked at anew. */
  let begun: JournalPlace | undefined;
  /** Lines that could not be taken since the last that could: their numbers are not missing. */
  let lost = NONE_LOST;

  function remember(entry: LastEntry): void {
    last = entry;
    if (rows.size >= MOST_ROWS) rows.clear();
    rows.set(entry.place.row, entry.place.number);
  }

  function stepTo(place: JournalPlace): Step {
    if (last === undefined) return { kind: 'next' };
    const step = isFirst ? firstStep(last.place, place) : stepBetween(last.place, place, rows.get(place.row));
    const isNumbered = step.kind === 'jump' || (step.kind === 'gap' && step.missed > 0);
    if (!isNumbered) return step;
    const missed = place.number - last.place.number - 1 - lost.malformed - lost.too_long;
    if (missed <= 0) return { kind: 'next' };
    return step.kind === 'gap' ? { kind: 'gap', missed } : step;
  }

  /** Whether another start is under way, which may find what this one has left out. */
  function asksAgain(step: Step): boolean {
    const isDoubtful = step.kind === 'jump' || step.kind === 'gap';
    isOver = isDoubtful && !isFirst && begun !== last?.place && events.onLeftOut();
    return isOver;
  }

  function takeEntry(entry: JournalEntry): void {
    const step = stepTo(entry.place);
    if (asksAgain(step)) return;
    if (step.kind === 'gap') events.onGap(step.missed);
    if (lost !== NONE_LOST) events.onDropped(lost);
    events.onEntry(entry, step.kind !== 'seen');
    remember({ place: entry.place, seconds: entry.seconds });
    if (step.kind === 'seen') begun = entry.place;
    isFirst = false;
    lost = NONE_LOST;
  }

  if (from !== undefined) remember({ place: from, seconds: undefined });
  return {
    start() {
      isFirst = true;
      isOver = false;
      begun = last?.place;
      lost = NONE_LOST;
    },
    take(line) {
      if (isOver) return;
      const entry = line === undefined ? undefined : parseEntry(line);
      if (entry !== undefined) return takeEntry(entry);
      const reason = line === undefined ? 'too_long' : 'malformed';
      lost = { ...lost, [reason]: lost[reason] + 1 };
    },
    last: () => last,
  };
}
