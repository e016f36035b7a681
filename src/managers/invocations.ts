/** What is known of a unit's present or last run. */
export interface Run {
  /** All that can be told of it once it has ended, such as its pid; two runs may have the same. */
  readonly known: string;
  /** What tells it from all others; undefined once it has ended. */
  readonly exact: string | undefined;
}

/**
 * Gives names of runs, for managers that give none (`Unit.invocationId`).
 *
 * A run that was looked at while it ran keeps its name when it has ended, so that whoever watches a repair sees that
 * the unit has died and not that it was started again. One name a unit is remembered.
 */
export function createInvocations(): (unit: string, run: Run | undefined) => string {
  const last = new Map<string, { readonly known: string; readonly exact: string }>();
  return (unit, run) => {
    if (run === undefined) return '';
    const { known, exact } = run;
    if (exact !== undefined) {
      last.set(unit, { known, exact });
      return exact;
    }
    const before = last.get(unit);
    return before?.known === known ? before.exact : known;
  };
}
