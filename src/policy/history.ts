import type {
  FinishedLine,
  LedgerLine,
  ReceivedLine,
  RefusedLine,
  RehearsedLine,
  RepairResult,
  StartedLine,
} from '../domain/ledger.ts';
import { occurrenceKey } from '../domain/ledger.ts';
import type { Policy } from '../domain/policy.ts';
import { Tally } from './tally.ts';

/** How far an intake has come. All but the first two are final. */
export type Phase = 'received' | 'started' | 'refused' | 'rehearsed' | RepairResult;

/** One alert under one policy, from intake to its end, as the ledger tells it. */
export interface Intake {
  readonly received: ReceivedLine;
  phase: Phase;
  resolved: boolean;
  refused?: RefusedLine;
  rehearsed?: RehearsedLine;
  started?: StartedLine;
  finished?: FinishedLine;
}

/** One time that a unit was acted on; still running if it has no end, and then `endedAt` is its start. */
export interface Attempt {
  readonly id: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** Intakes kept for dedupe and for people; older ones that have ended are forgotten. */
const INTAKES_KEPT = 10_000;

/** Attempts kept for each unit; no limit looks further back. */
const ATTEMPTS_KEPT = 200;

/**
 * What has happened so far: a fold over the ledger's lines, and nothing else.
 *
 * Applying the same lines in the same order gives the same history, which is how fettle finds its state
 * again after a restart.
 */
export class History {
  readonly decisions = new Tally<['policy', 'decision', 'reason']>();
  readonly repairs = new Tally<['policy', 'action', 'result']>();
  readonly #intakes = new Map<string, Intake>();
  readonly #byOccurrence = new Map<string, Intake[]>();
  readonly #attempts = new Map<string, Attempt[]>();
  /** Ids of intakes that have ended, in the order of their end. */
  readonly #ended = new Set<string>();
  #lastRepairAt: Date | undefined;

  /** Takes one more line in. A line of an intake that was forgotten counts, and is otherwise passed over. */
  apply(line: LedgerLine): void {
    switch (line.event) {
      case 'received':
        return this.#received(line);
      case 'refused':
        return this.#refused(line);
      case 'rehearsed':
        this.decisions.add([line.policy, 'rehearse', '']);
        return this.#update(line.id, { phase: 'rehearsed', rehearsed: line });
      case 'started':
        return this.#started(line);
      case 'finished':
        return this.#finished(line);
      case 'resolved':
        for (const intake of this.#byOccurrence.get(occurrenceKey(line.fingerprint, line.startsAt)) ?? []) {
          intake.resolved = true;
        }
        return;
      default:
        line satisfies never;
    }
  }

  /**
   * Whether an alert's occurrence has been taken in under a policy and needs no further thought.
   *
   * A refusal that named a time (a cooldown, say) is asked again by the first notification after it, and a
   * rehearsal once the policy enforces. Any other end is final for this occurrence.
   */
  isTakenIn(fingerprint: string, startsAt: Date, policy: Pick<Policy, 'name' | 'mode'>, now: Date): boolean {
    const last = this.#byOccurrence
      .get(occurrenceKey(fingerprint, startsAt.toISOString()))
      ?.findLast((intake) => intake.received.policy === policy.name);
    if (last === undefined) return false;
    if (last.phase === 'rehearsed') return policy.mode === 'dry-run';
    if (last.phase !== 'refused') return true;
    const retryAt = latestRetry(last.refused);
    return retryAt === undefined || retryAt > now.getTime();
  }

  /** Whether an occurrence was taken in and has not been resolved yet. */
  isOpen(fingerprint: string, startsAt: Date): boolean {
    const intakes = this.#byOccurrence.get(occurrenceKey(fingerprint, startsAt.toISOString()));
    return intakes?.some((intake) => !intake.resolved) ?? false;
  }

  /** Whether an occurrence was taken in and is over. */
  isResolved(fingerprint: string, startsAt: Date): boolean {
    const intakes = this.#byOccurrence.get(occurrenceKey(fingerprint, startsAt.toISOString()));
    return intakes?.some((intake) => intake.resolved) ?? false;
  }

  /** Every time a unit was acted on, in order. */
  attemptsOf(unit: string): readonly Attempt[] {
    return this.#attempts.get(unit) ?? [];
  }

  /** Intakes that wait for a decision, or whose repair never ended. */
  unended(phase: 'received' | 'started'): readonly Intake[] {
    return [...this.#intakes.values()].filter((intake) => intake.phase === phase);
  }

  /** How far an intake has come; undefined if it is unknown or forgotten. */
  phaseOf(id: string): Phase | undefined {
    return this.#intakes.get(id)?.phase;
  }

  /** The last intakes, newest first. */
  recent(count: number): readonly Intake[] {
    return [...this.#intakes.values()].slice(-count).reverse();
  }

  /** When a repair last ended. */
  get lastRepairAt(): Date | undefined {
    return this.#lastRepairAt;
  }

  #received(line: ReceivedLine): void {
    const intake: Intake = { received: line, phase: 'received', resolved: false };
    this.#intakes.set(line.id, intake);
    const key = occurrenceKey(line.fingerprint, line.startsAt);
    const siblings = this.#byOccurrence.get(key);
    // A later intake of an occurrence that was resolved means that it was not over after all.
    for (const sibling of siblings ?? []) sibling.resolved = false;
    if (siblings === undefined) this.#byOccurrence.set(key, [intake]);
    else siblings.push(intake);
    if (this.#intakes.size > INTAKES_KEPT) this.#forgetOldest();
  }

  #refused(line: RefusedLine): void {
    for (const { rail } of line.denials) this.decisions.add([line.policy, 'refuse', rail]);
    this.#update(line.id, { phase: 'refused', refused: line });
  }

  #started(line: StartedLine): void {
    this.decisions.add([line.policy, 'run', '']);
    const at = new Date(line.at);
    const attempts = this.#attempts.get(line.unit) ?? [];
    attempts.push({ id: line.id, startedAt: at, endedAt: at });
    if (attempts.length > ATTEMPTS_KEPT) attempts.shift();
    this.#attempts.set(line.unit, attempts);
    this.#update(line.id, { phase: 'started', started: line });
  }

  #finished(line: FinishedLine): void {
    this.repairs.add([line.policy, line.action, line.result]);
    this.#lastRepairAt = new Date(line.at);
    const attempts = this.#attempts.get(line.unit) ?? [];
    const index = attempts.findLastIndex((attempt) => attempt.id === line.id);
    const attempt = attempts[index];
    if (attempt !== undefined) attempts[index] = { ...attempt, endedAt: new Date(line.at) };
    this.#update(line.id, { phase: line.result, finished: line });
  }

  #update(id: string, change: Partial<Intake>): void {
    const intake = this.#intakes.get(id);
    if (intake === undefined) return;
    Object.assign(intake, change);
    if (intake.phase !== 'received' && intake.phase !== 'started') this.#ended.add(id);
  }

  #forgetOldest(): void {
    const [id] = this.#ended;
    const intake = id === undefined ? undefined : this.#intakes.get(id);
    if (id === undefined || intake === undefined) return;
    this.#ended.delete(id);
    this.#intakes.delete(id);
    const key = occurrenceKey(intake.received.fingerprint, intake.received.startsAt);
    const rest = (this.#byOccurrence.get(key) ?? []).filter((other) => other !== intake);
    if (rest.length === 0) this.#byOccurrence.delete(key);
    else this.#byOccurrence.set(key, rest);
  }
}

function latestRetry(refused: RefusedLine | undefined): number | undefined {
  const times = (refused?.denials ?? []).map(({ retryAt }) => retryAt);
  // One denial without a time is a denial for good.
  if (times.length === 0 || times.includes(undefined)) return undefined;
  return Math.max(...times.map((time) => Date.parse(time ?? '')));
}
