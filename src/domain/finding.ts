/** How it is about what was checked: as it should be, worth a look, or in the way of fettle's work. */
export const VERDICT_STATES = ['ok', 'warn', 'fail'] as const;
export type VerdictState = (typeof VERDICT_STATES)[number];

/** What a check has come to. */
export interface Verdict {
  readonly state: VerdictState;
  /** What was found. */
  readonly told: string;
  /** What to do about it, in a sentence; there for all that is not ok. */
  readonly mend?: string;
}

/** What was found by a check of that name. */
export interface Finding extends Verdict {
  readonly check: string;
}

/** All is as it should be. */
export function ok(told: string): Verdict {
  return { state: 'ok', told };
}

/** Something is worth a look, and fettle works without it. */
export function warn(told: string, mend: string): Verdict {
  return { state: 'warn', told, mend };
}

/** Something is in the way. */
export function fail(told: string, mend: string): Verdict {
  return { state: 'fail', told, mend };
}
