import {
  JOURNAL_PRIORITIES,
  type JournalCounts,
  type JournalRule,
  type JournalUnit,
  type PriorityMessages,
  type UnitMessages,
} from '../../domain/journal.ts';
import type { JournalEntry } from './entry.ts';
import type { LostLines } from './reader.ts';
import { createRuleTally, type RuleTally } from './rule-tally.ts';
import type { SavedTally, SavedUnit } from './saved.ts';
import { createUnitRows } from './unit-rows.ts';

/** Counts messages. */
export interface Tally {
  add(entry: JournalEntry): void;
  /** Messages were removed before they were read; 0 where nobody knows how many. */
  addGap(missed: number): void;
  /** Lines of journalctl could not be taken. */
  addDropped(lines: LostLines): void;
  counts(): JournalCounts;
  save(): SavedTally;
}

/** What is needed to count messages. */
export interface TallyOptions {
  readonly rules: readonly JournalRule[];
  /** A user's name by number. */
  readonly userName: (uid: number) => string;
  /** Where counting goes on from; undefined: all are 0. */
  readonly saved?: SavedTally | undefined;
}

/** Units that have series of their own. */
const MOST_UNITS = 500;

/** One for each priority, and the last for messages without any. */
const PLACES = JOURNAL_PRIORITIES.length + 1;

interface Kept {
  readonly messages: number[];
  readonly bytes: number[];
  /** As it was last told; undefined once more have come. */
  told: UnitMessages | undefined;
}

/** Starts a tally where it was left. */
export function createTally({ rules, userName, saved }: TallyOptions): Tally {
  const units = createUnitRows(MOST_UNITS, freshCounts);
  const matches: RuleTally = createRuleTally(rules, saved?.rules ?? []);
  const dropped = { malformed: 0, too_long: 0, missed: 0, ...saved?.dropped };
  let gaps = saved?.gaps ?? 0;

  for (const one of saved?.units ?? []) {
    const { kept } = units.of(one, one.lastSeconds);
    for (let place = 0; place < PLACES; place += 1) {
      kept.messages[place] = one.messages[place] ?? 0;
      kept.bytes[place] = one.bytes[place] ?? 0;
    }
  }

  return {
    add(entry) {
      const unit: JournalUnit = {
        unit: entry.unit,
        user: entry.uid === undefined ? undefined : userName(entry.uid),
      };
      const row = units.of(unit, entry.seconds);
      const place = entry.priority ?? PLACES - 1;
      row.kept.messages[place] = (row.kept.messages[place] ?? 0) + 1;
      row.kept.bytes[place] = (row.kept.bytes[place] ?? 0) + entry.bytes;
      row.kept.told = undefined;
      matches.add(unit, entry);
    },
    addGap(missed) {
      gaps += 1;
      dropped.missed += missed;
    },
    addDropped({ malformed, too_long }) {
      dropped.malformed += malformed;
      dropped.too_long += too_long;
    },
    counts: () => ({
      units: Array.from(units.list(), (row) => {
        row.kept.told ??= { unit: row.unit, user: row.user, priorities: prioritiesOf(row.kept) };
        return row.kept.told;
      }),
      rules: matches.counts(),
      gaps,
      dropped: { ...dropped },
    }),
    save: () => ({
      gaps,
      dropped: { ...dropped },
      units: Array.from(
        units.list(),
        ({ unit, user, lastSeconds, kept }): SavedUnit => ({
          unit,
          user,
          lastSeconds,
          messages: [...kept.messages],
          bytes: [...kept.bytes],
        }),
      ),
      rules: matches.save(),
    }),
  };
}

function freshCounts(): Kept {
  return { messages: Array(PLACES).fill(0), bytes: Array(PLACES).fill(0), told: undefined };
}

function prioritiesOf({ messages, bytes }: Kept): readonly PriorityMessages[] {
  return messages.flatMap((count, place) =>
    count === 0
      ? []
      : [{ priority: JOURNAL_PRIORITIES[place] ?? '', messages: count, bytes: bytes[place] ?? 0 }],
  );
}
