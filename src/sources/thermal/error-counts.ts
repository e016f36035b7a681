import { type ReadErrorCounts, readErrorOf } from '../../domain/thermal.ts';
import { type Outcome, UNASKED } from '../../host/slow/outcome.ts';

/** Counts the reads that failed, by what was read. */
export interface ErrorCounts {
  /**
   * The text, or nothing, in which case it has been counted.
   *
   * A file that is not there is no failure, and neither is one that nobody asked for.
   */
  textOf(name: string, outcome: Outcome<string>): string | undefined;
  of(name: string): ReadErrorCounts;
  /** Those of everything that has failed. */
  all(): Readonly<Record<string, ReadErrorCounts>>;
  /** Forgets all but these. */
  keep(names: ReadonlySet<string>): void;
}

/** Gives counts that are all 0. */
export function createErrorCounts(): ErrorCounts {
  const counts = new Map<string, ReadErrorCounts>();
  return {
    textOf(name, outcome) {
      if ('value' in outcome) return outcome.value;
      if (outcome.error === 'ENOENT' || outcome.error === UNASKED) return undefined;
      const error = readErrorOf(outcome.error);
      const before = counts.get(name) ?? {};
      counts.set(name, { ...before, [error]: (before[error] ?? 0) + 1 });
      return undefined;
    },
    of: (name) => counts.get(name) ?? NONE,
    all: () => Object.fromEntries(counts),
    keep(names) {
      for (const name of counts.keys()) if (!names.has(name)) counts.delete(name);
    },
  };
}

const NONE: ReadErrorCounts = {};
