import type { JournalDrop, JournalUnit } from '../../domain/journal.ts';
import { parseCursor } from './cursor.ts';

/** What lasts beyond a restart: how far the journal was read, and what was counted up to there. */
export interface SavedState {
  readonly cursor: string;
  /** Whether fettle was stopped: then nothing was shown by then that is not in here. */
  readonly stopped: boolean;
  readonly tally: SavedTally;
}

/** Counts, as they last. */
export interface SavedTally {
  readonly gaps: number;
  readonly dropped: Readonly<Record<JournalDrop, number>>;
  readonly units: readonly SavedUnit[];
  readonly rules: readonly SavedRule[];
}

/** Messages and bytes of one unit, by priority; the last of each are those without any. */
export interface SavedUnit extends JournalUnit {
  readonly lastSeconds: number;
  readonly messages: readonly number[];
  readonly bytes: readonly number[];
}

/** Matches of one rule. */
export interface SavedRule {
  readonly name: string;
  readonly expression: string;
  readonly units: readonly SavedMatches[];
}

/** Matches of one rule in messages of one unit. */
export interface SavedMatches extends JournalUnit {
  readonly matches: number;
  readonly lastSeconds: number | undefined;
  readonly heardSeconds: number;
}

const VERSION = 1;

/** The text of a state. Nothing of a message is in it but names of units. */
export function savedText(state: SavedState): string {
  return `${JSON.stringify({ version: VERSION, ...state })}\n`;
}

/** The state of such a text; undefined for any other text, and for one that was cut short. */
export function parseSaved(text: string): SavedState | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isState(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isState(value: unknown): value is SavedState {
  return hasFields(value, {
    version: (version) => version === VERSION,
    cursor: (cursor) => typeof cursor === 'string' && parseCursor(cursor) !== undefined,
    stopped: (stopped) => typeof stopped === 'boolean',
    tally: isTally,
  });
}

function isTally(value: unknown): boolean {
  return hasFields(value, {
    gaps: isCount,
    dropped: (dropped) => hasFields(dropped, { malformed: isCount, too_long: isCount, missed: isCount }),
    units: listOf({ ...UNIT, lastSeconds: isNumber, messages: isCounts, bytes: isCounts }),
    rules: listOf({
      name: isText,
      expression: isText,
      units: listOf({ ...UNIT, matches: isCount, lastSeconds: isNumberIfAny, heardSeconds: isNumber }),
    }),
  });
}

type Test = (value: unknown) => boolean;

function hasFields(value: unknown, tests: Readonly<Record<string, Test>>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(tests).every(([name, test]) => test(Reflect.get(value, name)));
}

function listOf(tests: Readonly<Record<string, Test>>): Test {
  return (value) => Array.isArray(value) && value.every((one) => hasFields(one, tests));
}

const isText: Test = (value) => typeof value === 'string';
const isTextIfAny: Test = (value) => value === undefined || isText(value);
const isNumber: Test = (value) => typeof value === 'number' && Number.isFinite(value);
const isNumberIfAny: Test = (value) => value === undefined || isNumber(value);
const isCount: Test = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isCounts: Test = (value) => Array.isArray(value) && value.every(isCount);

const UNIT = { unit: isText, user: isTextIfAny };
