import { matchesGlob } from '../../domain/glob.ts';
import type { JournalRule, JournalUnit, RuleMatches } from '../../domain/journal.ts';
import type { JournalEntry } from './entry.ts';
import type { SavedRule } from './saved.ts';
import { createUnitRows, isOther, type UnitRows } from './unit-rows.ts';

/** Counts messages in which patterns are found. */
export interface RuleTally {
  add(unit: JournalUnit, entry: JournalEntry): void;
  counts(): readonly RuleMatches[];
  save(): readonly SavedRule[];
}

/** Units that have series of their own, of each rule. */
const MOST_UNITS = 200;

/** Characters of a message in which patterns are looked for. */
const LONGEST_LOOKED_AT = 8192;

const NO_UNIT: JournalUnit = { unit: '', user: undefined };

interface Kept {
  matches: number;
  lastSeconds: number | undefined;
}

interface Row {
  readonly rule: JournalRule;
  readonly rows: UnitRows<Kept>;
}

/**
 * Starts where it was left; a rule whose pattern has changed starts anew, and units that it names no more are left out.
 *
 * So that the first match is an increase, a count of 0 is there from the start for each unit that a rule names, or for
 * no unit if it names none, and for any other unit that it is about from that one's first message on.
 */
export function createRuleTally(rules: readonly JournalRule[], saved: readonly SavedRule[]): RuleTally {
  const all = rules.map((rule): Row => ({ rule, rows: createUnitRows(MOST_UNITS, freshCount) }));
  for (const { rule, rows } of all) {
    const literal = rule.units.filter((name) => !name.includes('*'));
    const named = rule.units.length === 0 ? [NO_UNIT] : literal.map((unit) => ({ unit, user: undefined }));
    // They are never forgotten.
    for (const unit of named) rows.of(unit, Number.POSITIVE_INFINITY);
    const before = saved.find(({ name, expression }) => name === rule.name && expression === rule.expression);
    for (const { unit, user, matches, lastSeconds, heardSeconds } of before?.units ?? []) {
      // Its units may be others than before.
      if (!isAbout(rule, unit) && !(isOther({ unit, user }) && hasOthers(rule))) continue;
      const row = rows.of({ unit, user }, heardSeconds);
      row.kept.matches += matches;
      row.kept.lastSeconds = lastSeconds;
    }
  }

  function addTo(
    { rule, rows }: Row,
    unit: JournalUnit,
    { priority, seconds }: JournalEntry,
    looked: string,
  ): void {
    const row = rows.find(unit) ?? (isAbout(rule, unit.unit) ? rows.of(unit, seconds) : undefined);
    if (row === undefined) return;
    if (seconds > row.lastSeconds) row.lastSeconds = seconds;
    if (!matters(rule, priority) || !rule.finds(looked)) return;
    row.kept.matches += 1;
    row.kept.lastSeconds = Math.max(seconds, row.kept.lastSeconds ?? seconds);
  }

  return {
    add(unit, entry) {
      if (all.length === 0) return;
      const { text } = entry;
      const looked = text.length > LONGEST_LOOKED_AT ? text.slice(0, LONGEST_LOOKED_AT) : text;
      for (const one of all) addTo(one, unit, entry, looked);
    },
    counts: () =>
      all.flatMap(({ rule, rows }) =>
        Array.from(rows.list(), ({ unit, user, kept }) => ({ rule: rule.name, unit, user, ...kept })),
      ),
    save: () =>
      all.map(({ rule, rows }) => ({
        name: rule.name,
        expression: rule.expression,
        units: Array.from(rows.list(), ({ unit, user, kept, lastSeconds }) => ({
          unit,
          user,
          matches: kept.matches,
          lastSeconds: kept.lastSeconds,
          heardSeconds: Number.isFinite(lastSeconds) ? lastSeconds : 0,
        })),
      })),
  };
}

function freshCount(): Kept {
  return { matches: 0, lastSeconds: undefined };
}

function isAbout({ units }: JournalRule, name: string): boolean {
  return units.length === 0 || units.some((pattern) => matchesGlob(pattern, name));
}

/** Whether it may be about more units than have series of their own. */
function hasOthers({ units }: JournalRule): boolean {
  return units.length > MOST_UNITS || units.some((pattern) => pattern.includes('*'));
}

function matters({ atLeast }: JournalRule, priority: number | undefined): boolean {
  return atLeast === undefined || (priority !== undefined && priority <= atLeast);
}
