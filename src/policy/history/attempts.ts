import type { Attempt } from '../past.ts';

/** Attempts kept for each unit: a limit of more than that can never be reached. */
const KEPT_PER_UNIT = 200;

/** Attempts at any unit that are kept: the same holds for limits of the host. */
const KEPT = 20_000;

/** As many are given up at a time: moving an array by one for each would be dear. */
const GIVEN_UP_AT_ONCE = 1000;

/** Units at which something was attempted; those left alone for longest are forgotten. */
const UNITS_KEPT = 5000;

/** Invocations kept for each unit. */
const INVOCATIONS_KEPT = 32;

interface OpenAttempt extends Attempt {
  endedAt: number | undefined;
}

interface UnitPast {
  readonly attempts: OpenAttempt[];
  /** Runs of the unit that fettle's steps led to. */
  readonly invocations: string[];
}

/**
 * Steps that were taken at units, and the runs that they led to.
 *
 * The newest are kept however old they are, since a limit may be about any stretch of time.
 */
export class Attempts {
  readonly #units = new Map<string, UnitPast>();
  /** By their intake, which has one at a time. */
  readonly #running = new Map<string, OpenAttempt>();
  readonly #all: OpenAttempt[] = [];

  /** One begins. If nobody will ever tell its end, it is over at once. */
  start(attempt: Omit<Attempt, 'endedAt'>, isWatched: boolean): void {
    const { id, unit, also, startedAt } = attempt;
    this.end(id, startedAt);
    const open: OpenAttempt = { ...attempt, endedAt: isWatched ? undefined : startedAt };
    if (isWatched) this.#running.set(id, open);
    this.#all.push(open);
    if (this.#all.length >= KEPT + GIVEN_UP_AT_ONCE) this.#all.splice(0, GIVEN_UP_AT_ONCE);
    for (const name of new Set([unit, ...also])) {
      const { attempts } = this.#touched(name);
      attempts.push(open);
      if (attempts.length > KEPT_PER_UNIT) attempts.shift();
    }
  }

  /** What an intake has under way, if anything, is over. */
  end(id: string, endedAt: number): void {
    const open = this.#running.get(id);
    if (open === undefined) return;
    open.endedAt = endedAt;
    this.#running.delete(id);
  }

  /** A step has led to a run of a unit at which something was attempted. */
  ownInvocation(unit: string, invocationId: string): void {
    const invocations = this.#units.get(unit)?.invocations;
    if (invocations === undefined || invocations.includes(invocationId)) return;
    invocations.push(invocationId);
    if (invocations.length > INVOCATIONS_KEPT) invocations.shift();
  }

  isOwnInvocation(unit: string, invocationId: string): boolean {
    return this.#units.get(unit)?.invocations.includes(invocationId) ?? false;
  }

  of(unit: string): readonly Attempt[] {
    return this.#units.get(unit)?.attempts ?? [];
  }

  since(seconds: number): readonly Attempt[] {
    const first = this.#all.findLastIndex(({ startedAt }) => startedAt < seconds) + 1;
    return this.#all.slice(first);
  }

  get running(): readonly Attempt[] {
    return [...this.#running.values()];
  }

  /** The past of a unit, which is now the last to be forgotten. */
  #touched(unit: string): UnitPast {
    const past = this.#units.get(unit) ?? { attempts: [], invocations: [] };
    this.#units.delete(unit);
    this.#units.set(unit, past);
    if (this.#units.size > UNITS_KEPT) {
      const [oldest] = this.#units.keys();
      if (oldest !== undefined) this.#units.delete(oldest);
    }
    return past;
  }
}
