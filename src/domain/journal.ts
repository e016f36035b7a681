/** Priorities of messages, in the journal's words; the place of a word is its number. */
export const JOURNAL_PRIORITIES = [
  'emerg',
  'alert',
  'crit',
  'err',
  'warning',
  'notice',
  'info',
  'debug',
] as const;

/** A word for how much a message matters. */
export type JournalPriority = (typeof JOURNAL_PRIORITIES)[number];

/** A pattern that is looked for in messages. */
export interface JournalRule {
  readonly name: string;
  /** The pattern as it was written: another one under the same name is counted anew. */
  readonly expression: string;
  /** Whether it is found anywhere in a text. */
  readonly finds: (text: string) => boolean;
  /** Names of units, in which `*` stands for any text; none: all messages. */
  readonly units: readonly string[];
  /** Only messages that matter at least so much, 0 (emerg) to 7 (debug); undefined: all. */
  readonly atLeast: number | undefined;
}

/** Whose messages they are: of a unit of the system, or of a user's manager. */
export interface JournalUnit {
  /** Empty for messages of no unit, such as the kernel's; `other` where there are too many units. */
  readonly unit: string;
  /** Whose manager has the unit; undefined for the system's. */
  readonly user: string | undefined;
}

/** Messages of one unit; the same object as before if none has come. */
export interface UnitMessages extends JournalUnit {
  readonly priorities: readonly PriorityMessages[];
}

/** Messages of one priority, of which there was one at least. */
export interface PriorityMessages {
  /** Empty for messages that have none. */
  readonly priority: JournalPriority | '';
  readonly messages: number;
  /** Of their texts. */
  readonly bytes: number;
}

/** Messages of one unit in which a rule's pattern was found. */
export interface RuleMatches extends JournalUnit {
  readonly rule: string;
  readonly matches: number;
  /** Unix time of the last one; undefined if there was none. */
  readonly lastSeconds: number | undefined;
}

/** Why messages were not counted: not whole JSON, too long a line, removed before they were read. */
export type JournalDrop = 'malformed' | 'too_long' | 'missed';

/** What was counted since fettle first followed the journal. */
export interface JournalCounts {
  readonly units: readonly UnitMessages[];
  readonly rules: readonly RuleMatches[];
  /** How often messages were removed before they were read. */
  readonly gaps: number;
  readonly dropped: Readonly<Record<JournalDrop, number>>;
}

/** The reader of the journal, and what it has counted. */
export interface JournalReading {
  /** Whether the journal is being read. */
  readonly up: boolean;
  /** How long ago the message was written that was read last, if there are more; 0 if it was the last one. */
  readonly lagSeconds: number | undefined;
  /** How often journalctl was started again. */
  readonly restarts: number;
  /** Undefined while they may be lower than what was shown before. */
  readonly counts: JournalCounts | undefined;
}

/** Which messages a person wants to see. */
export interface JournalQuestion {
  /** Names, and globs where they are of the system. */
  readonly units: readonly string[];
  /** Number of the user whose manager has the units; undefined: they are the system's. */
  readonly user: number | undefined;
  /** Unix time; undefined: as far back as the journal goes. */
  readonly sinceSeconds: number | undefined;
  /** Only messages that matter at least so much, 0 (emerg) to 7 (debug); undefined: all. */
  readonly atLeast: number | undefined;
  /** The newest so many; undefined: all. */
  readonly lines: number | undefined;
  /** Whether those that are still to come are wanted too. */
  readonly follow: boolean;
}

/** A message, as a person reads it. */
export interface JournalMessage {
  /** Unix time at which journald took it. */
  readonly seconds: number;
  /** Empty for one of no unit. */
  readonly unit: string;
  /** Number of the user whose manager has the unit; undefined for the system's. */
  readonly uid: number | undefined;
  /** Undefined if it has none. */
  readonly priority: JournalPriority | undefined;
  /** What the program calls itself; may be empty, or anything. */
  readonly identifier: string;
  /** Undefined for the kernel's. */
  readonly pid: number | undefined;
  readonly text: string;
}
