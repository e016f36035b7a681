/** One step that was taken at a unit. All times are seconds on the ledger's own clock, which never jumps. */
export interface Attempt {
  readonly id: string;
  readonly policy: string;
  readonly unit: string;
  /** Units that were restarted together with it. */
  readonly also: readonly string[];
  readonly step: number;
  readonly startedAt: number;
  /** Undefined while it is under way. */
  readonly endedAt: number | undefined;
}

/** A policy that has given a unit up. */
export interface Circuit {
  readonly openedAt: number;
  /** From then on one try is allowed. */
  readonly tryAt: number;
}

/** What the rails may know of what has happened: a fold over the ledger. */
export interface Past {
  /** Steps that changed something at a unit or might have, those included that restarted it together with another one; in order. */
  attemptsOf(unit: string): readonly Attempt[];
  /** Steps at any unit that began at that time or later, in order. */
  attemptsSince(seconds: number): readonly Attempt[];
  /** Those under way. */
  readonly running: readonly Attempt[];
  /** Undefined: closed. */
  circuitOf(policy: string, unit: string): Circuit | undefined;
  /** Units of alerts that were taken in at that time or later and are not over. */
  unitsInTrouble(since: number): ReadonlySet<string>;
  /** Whether one of fettle's own steps led to this run of a unit. */
  isOwnInvocation(unit: string, invocationId: string): boolean;
  /** When an occurrence was first taken in, by the wall clock; undefined if it is unknown or forgotten. */
  firstTakenIn(fingerprint: string, startsAt: Date): Date | undefined;
  /** Whether an occurrence was taken in and is over. */
  isResolved(fingerprint: string, startsAt: Date): boolean;
}
