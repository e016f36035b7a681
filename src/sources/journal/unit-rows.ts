import type { JournalUnit } from '../../domain/journal.ts';

/** What is kept of one unit. */
export interface UnitRow<T> extends JournalUnit {
  readonly kept: T;
  /** Unix time at which it was last heard of. */
  lastSeconds: number;
}

/** What is kept of units, of which there may be so many; what comes beyond is kept together, as `other`. */
export interface UnitRows<T> {
  /** The row of a unit, which is made if need be. */
  of(unit: JournalUnit, seconds: number): UnitRow<T>;
  /** The row of a unit that is there already. */
  find(unit: JournalUnit): UnitRow<T> | undefined;
  list(): Iterable<UnitRow<T>>;
}

const OTHER: JournalUnit = { unit: 'other', user: undefined };

/** Whether that is all units beyond the limit together. */
export function isOther({ unit, user }: JournalUnit): boolean {
  return unit === OTHER.unit && user === OTHER.user;
}

/** Units that were silent for so long give their places to others, if those are needed: the most silent ones first. */
const SILENT_SECONDS = 3600;

/** So many places are made at once, of each hundred. */
const PERCENT_AT_ONCE = 10;

/** It is not tried more often, by the time of messages. */
const LOOK_EVERY_SECONDS = 60;

/** Gives rows of units; `fresh` makes what is kept of a new one. */
export function createUnitRows<T>(limit: number, fresh: (unit: JournalUnit) => T): UnitRows<T> {
  const rows = new Map<string, UnitRow<T>>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  function makeRoom(seconds: number): boolean {
    if (rows.size < limit) return true;
    if (Math.abs(seconds - lookedAt) < LOOK_EVERY_SECONDS) return false;
    lookedAt = seconds;
    const silent = [...rows].filter(([, { lastSeconds }]) => seconds - lastSeconds > SILENT_SECONDS);
    const longest = silent.toSorted(([, one], [, other]) => one.lastSeconds - other.lastSeconds);
    const places = Math.ceil((limit * PERCENT_AT_ONCE) / 100);
    for (const [key] of longest.slice(0, places)) rows.delete(key);
    return rows.size < limit;
  }

  function make(unit: JournalUnit, seconds: number): UnitRow<T> {
    const row = { unit: unit.unit, user: unit.user, kept: fresh(unit), lastSeconds: seconds };
    rows.set(keyOf(unit), row);
    return row;
  }

  return {
    of(unit, seconds) {
      let row = rows.get(keyOf(unit));
      // The place of `other` is beyond the limit.
      row ??= makeRoom(seconds) ? make(unit, seconds) : (rows.get(keyOf(OTHER)) ?? make(OTHER, seconds));
      if (seconds > row.lastSeconds) row.lastSeconds = seconds;
      return row;
    },
    find: (unit) => rows.get(keyOf(unit)),
    list: () => rows.values(),
  };
}

/** No name of a unit or a user has a line break. */
function keyOf({ unit, user }: JournalUnit): string {
  return user === undefined ? unit : `${user}\n${unit}`;
}
