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
  /** By the fingerprint of their alert. */
  readonly #unresolved = new Map<string, Set<OpenIntake>>();
  /** Of those, by their unit, when they were first heard of. */
  readonly #troubles = new Map<string, Map<OpenIntake, number>>();
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
    this.#markResolved(this.#upTo(line), true);
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
    for (const [unit, troubles] of this.#troubles) {
      for (const firstAt of troubles.values()) {
        if (firstAt < since) continue;
        units.add(unit);
        break;
      }
    }
    return units;
  }

  /** Whether an occurrence, or an earlier one of the same alert, is not over. */
  isOpen(fingerprint: string, startsAt: Date): boolean {
    return this.#upTo({ fingerprint, startsAt: startsAt.toISOString() }).length > 0;
  }

  /** Of an occurrence and of earlier ones of the same alert, those that are not over. */
  #upTo({ fingerprint, startsAt }: Pick<ReceivedEvent, 'fingerprint' | 'startsAt'>): readonly OpenIntake[] {
    return [...(this.#unresolved.get(fingerprint) ?? [])].filter(
      ({ received }) => received.startsAt <= startsAt,
    );
  }

  #siblings({ fingerprint, startsAt }: Pick<ReceivedEvent, 'fingerprint' | 'startsAt'>): OpenIntake[] {
    return this.#byOccurrence.get(occurrenceKey(fingerprint, startsAt)) ?? [];
  }

  #markResolved(intakes: readonly OpenIntake[], isResolved: boolean): void {
    for (const intake of intakes) {
      intake.isResolved = isResolved;
      if (isResolved) this.#notUnresolved(intake);
      else this.#isUnresolved(intake);
    }
  }

  #isUnresolved(intake: OpenIntake): void {
    const { fingerprint, unit } = intake.received;
    setOf(this.#unresolved, fingerprint, () => new Set<OpenIntake>()).add(intake);
    // Since it was first heard of: Alertmanager repeats itself.
    const firstAt = this.#siblings(intake.received)[0]?.receivedAt ?? intake.receivedAt;
    setOf(this.#troubles, unit, () => new Map<OpenIntake, number>()).set(intake, firstAt);
  }

  #notUnresolved(intake: OpenIntake): void {
    const { fingerprint, unit } = intake.received;
    const intakes = this.#unresolved.get(fingerprint);
    intakes?.delete(intake);
    if (intakes?.size === 0) this.#unresolved.delete(fingerprint);
    const troubles = this.#troubles.get(unit);
    troubles?.delete(intake);
    if (troubles?.size === 0) this.#troubles.delete(unit);
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
    this.#notUnresolved(intake);
    const key = occurrenceKey(fingerprint, startsAt);
    const rest = (this.#byOccurrence.get(key) ?? []).filter((other) => other !== intake);
    if (rest.length === 0) this.#byOccurrence.delete(key);
    else this.#byOccurrence.set(key, rest);
  }
}

/** What a map has under a key, made if need be. */
function setOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
