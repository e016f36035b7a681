import {
  type FinishedEvent,
  type LineHead,
  occurrenceKey,
  type ReceivedEvent,
  type ResolvedEvent,
  type StartedEvent,
  type UndoneEvent,
} from '../../domain/ledger.ts';
import type { Intake, TakenStep } from './intake.ts';

/** Intakes kept for dedupe and for people; older ones that have ended are forgotten. */
const KEPT = 10_000;

/** As many are forgotten at a time, which costs less than one after the other. */
const FORGOTTEN_AT_ONCE = 500;

type OpenIntake = { -readonly [Key in keyof Intake]: Intake[Key] } & { readonly steps: TakenStep[] };

/** What alerts have led to, each under each policy. */
export class Intakes {
  readonly #all = new Map<string, OpenIntake>();
  readonly #byOccurrence = new Map<string, OpenIntake[]>();
  readonly #unended = new Map<string, OpenIntake>();
  /** Those that have ended, in the order of their end. */
  #ended: OpenIntake[] = [];
  readonly #unresolved = new Set<OpenIntake>();
  readonly #isNeeded: (id: string) => boolean;

  /** `isNeeded` says of which intake there is more to come though it has ended. */
  constructor(isNeeded: (id: string) => boolean) {
    this.#isNeeded = isNeeded;
  }

  received(line: LineHead & ReceivedEvent, receivedAt: number): void {
    if (this.#all.has(line.id)) return;
    const intake: OpenIntake = {
      received: line,
      receivedAt,
      steps: [],
      phase: 'received',
      end: undefined,
      isResolved: false,
      lastAt: receivedAt,
    };
    this.#all.set(line.id, intake);
    this.#unended.set(line.id, intake);
    const key = occurrenceKey(line.fingerprint, line.startsAt);
    const siblings = this.#byOccurrence.get(key);
    if (siblings === undefined) this.#byOccurrence.set(key, [intake]);
    else siblings.push(intake);
    // A later intake of an occurrence that was resolved means that it was not over after all.
    this.#markResolved(siblings ?? [intake], false);
    if (this.#all.size >= KEPT + FORGOTTEN_AT_ONCE) this.#forgetOldest();
  }

  started(line: LineHead & StartedEvent, at: number): void {
    const intake = this.#unended.get(line.id);
    if (intake === undefined) return;
    intake.steps.push({ started: line, startedAt: at });
    intake.phase = 'working';
    intake.lastAt = at;
  }

  /** Gives the step that has ended. */
  finished(line: LineHead & FinishedEvent, at: number): TakenStep | undefined {
    const intake = this.#unended.get(line.id);
    const step = intake?.steps.at(-1);
    if (intake === undefined || step === undefined || step.started.step !== line.step) return undefined;
    step.finished = line;
    step.finishedAt = at;
    intake.phase = 'waiting';
    intake.lastAt = at;
    return step;
  }

  ended(line: NonNullable<Intake['end']>, at: number): void {
    const intake = this.#unended.get(line.id);
    if (intake === undefined) return;
    intake.phase = line.event;
    intake.end = line;
    intake.lastAt = at;
    this.#unended.delete(line.id);
    this.#ended.push(intake);
  }

  undone(line: LineHead & UndoneEvent): void {
    const step = this.#all.get(line.id)?.steps.findLast(({ started }) => started.step === line.step);
    if (step !== undefined) step.undone = line;
  }

  resolved(line: ResolvedEvent): void {
    this.#markResolved(this.#siblings(line), true);
  }

  of(id: string): Intake | undefined {
    return this.#all.get(id);
  }

  /** Those of one occurrence, in order. */
  ofOccurrence(fingerprint: string, startsAt: Date): readonly Intake[] {
    return this.#siblings({ fingerprint, startsAt: startsAt.toISOString() });
  }

  get unended(): readonly Intake[] {
    return [...this.#unended.values()];
  }

  /** The last ones, newest first. */
  recent(count: number): readonly Intake[] {
    return [...this.#all.values()].slice(-count).reverse();
  }

  unitsInTrouble(since: number): ReadonlySet<string> {
    const units = new Set<string>();
    for (const { received, receivedAt } of this.#unresolved)
      if (receivedAt >= since) units.add(received.unit);
    return units;
  }

  #siblings({ fingerprint, startsAt }: Pick<ReceivedEvent, 'fingerprint' | 'startsAt'>): OpenIntake[] {
    return this.#byOccurrence.get(occurrenceKey(fingerprint, startsAt)) ?? [];
  }

  #markResolved(intakes: readonly OpenIntake[], isResolved: boolean): void {
    for (const intake of intakes) {
      intake.isResolved = isResolved;
      if (isResolved) this.#unresolved.delete(intake);
      else this.#unresolved.add(intake);
    }
  }

  #forgetOldest(): void {
    let excess = this.#all.size - KEPT;
    this.#ended = this.#ended.filter((intake) => {
      if (excess <= 0 || this.#isNeeded(intake.received.id)) return true;
      excess--;
      this.#forget(intake);
      return false;
    });
  }

  #forget(intake: OpenIntake): void {
    const { id, fingerprint, startsAt } = intake.received;
    this.#all.delete(id);
    this.#unresolved.delete(intake);
    const key = occurrenceKey(fingerprint, startsAt);
    const rest = (this.#byOccurrence.get(key) ?? []).filter((other) => other !== intake);
    if (rest.length === 0) this.#byOccurrence.delete(key);
    else this.#byOccurrence.set(key, rest);
  }
}
