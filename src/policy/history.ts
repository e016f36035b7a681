import type { EndedEvent, FinishedEvent, LedgerLine, LineHead, StartedEvent } from '../domain/ledger.ts';
import type { Moment } from '../domain/moment.ts';
import type { Policy } from '../domain/policy.ts';
import { Attempts } from './history/attempts.ts';
import { type Change, Changes } from './history/changes.ts';
import { Circuits } from './history/circuits.ts';
import type { Intake, Phase } from './history/intake.ts';
import { Intakes } from './history/intakes.ts';
import { SteadyClock } from './history/steady-clock.ts';
import type { StepTaken } from './ladder.ts';
import type { Attempt, Circuit, Past } from './past.ts';
import { Tally } from './tally.ts';

export type { Change } from './history/changes.ts';

/**
 * What has happened so far: a fold over the ledger's lines, and nothing else.
 *
 * Applying the same lines in the same order gives the same history, which is how fettle finds its state again after a
 * restart. Its times are seconds on the ledger's own clock, which is 0 at the first line that was applied: where old
 * lines were given up, every time is less by the same amount. Counts are those of the lines that there are.
 */
export class History implements Past {
  readonly decisions = new Tally<['policy', 'decision', 'reason']>();
  readonly steps = new Tally<['policy', 'action', 'result']>();
  /** Seconds that steps took, their proof included. */
  readonly seconds = new Tally<['policy', 'action']>();
  readonly endings = new Tally<['policy', 'ending']>();
  readonly #clock = new SteadyClock();
  readonly #changes = new Changes();
  readonly #intakes = new Intakes((id) => this.#changes.isOpen(id));
  readonly #attempts = new Attempts();
  readonly #circuits = new Circuits();
  #lastRepairAt: Date | undefined;

  /** Takes one more line in. A line of an intake that is not known any more counts, and is otherwise passed over. */
  apply(line: LedgerLine): void {
    const at = this.#clock.advance({ wall: new Date(line.at), boot: line.boot, upSeconds: line.up });
    switch (line.event) {
      case 'received':
        return this.#intakes.received(line, at);
      case 'refused':
        for (const { rail } of line.denials) this.decisions.add([line.policy, 'refuse', rail]);
        return this.#terminal(line, at);
      case 'rehearsed':
        this.decisions.add([line.policy, 'rehearse', '']);
        return this.#terminal(line, at);
      case 'started':
        return this.#started(line, at);
      case 'finished':
        return this.#finished(line, at);
      case 'ended':
        return this.#ended(line, at);
      case 'undone':
        this.#changes.undone(line);
        return this.#intakes.undone(line);
      case 'resolved':
        return this.#intakes.resolved(line);
      default:
        line satisfies never;
    }
  }

  /** A moment that is not before the last line, in seconds on the ledger's own clock. */
  steadyAt(moment: Moment): number {
    return this.#clock.at(moment);
  }

  /**
   * Whether an alert's occurrence has been taken in under a policy and needs no further thought.
   *
   * A refusal that named a time (a cooldown, say) is asked again by the first notification after it, a rehearsal once
   * the policy enforces, and what was given up or interrupted once its circuit allows a try. Any other end is final for
   * this occurrence.
   */
  isTakenIn(
    fingerprint: string,
    startsAt: Date,
    policy: Pick<Policy, 'name' | 'mode'>,
    now: Date,
    steady: number,
  ): boolean {
    const last = this.#intakes
      .ofOccurrence(fingerprint, startsAt)
      .findLast(({ received }) => received.policy === policy.name);
    if (last === undefined || firesAgain(last)) return false;
    switch (last.end?.event) {
      case undefined:
        return true;
      case 'rehearsed':
        return policy.mode === 'dry-run';
      case 'refused':
        return latestRetry(last.end.denials) > now.getTime();
      case 'ended':
        return isFinal(last.end) || !this.#mayBeTried(last.end, steady);
      default:
        return last.end satisfies never;
    }
  }

  /** Whether an occurrence, or an earlier one of the same alert, was taken in and has not been resolved yet. */
  isOpen(fingerprint: string, startsAt: Date): boolean {
    return this.#intakes.isOpen(fingerprint, startsAt);
  }

  firstTakenIn(fingerprint: string, startsAt: Date): Date | undefined {
    const first = this.#intakes.ofOccurrence(fingerprint, startsAt)[0];
    return first === undefined ? undefined : new Date(first.received.at);
  }

  isResolved(fingerprint: string, startsAt: Date): boolean {
    return this.#intakes.ofOccurrence(fingerprint, startsAt).some(({ isResolved }) => isResolved);
  }

  /** Intakes without an end, in the order in which they came. */
  unended(): readonly Intake[] {
    return this.#intakes.unended;
  }

  /** How far an intake has come; undefined if it is unknown or forgotten. */
  phaseOf(id: string): Phase | undefined {
    return this.#intakes.of(id)?.phase;
  }

  /** The steps of an intake that have ended, in order; none if it is unknown or forgotten. */
  stepsOf(id: string): readonly StepTaken[] {
    return (this.#intakes.of(id)?.steps ?? []).flatMap(({ finished, finishedAt }) =>
      finished === undefined || finishedAt === undefined
        ? []
        : {
            step: finished.step,
            action: finished.action,
            result: finished.result,
            detail: finished.detail,
            endedAt: finishedAt,
          },
    );
  }

  /** The unit of an intake, by the manager's own name once a step was taken at it; undefined if it is unknown or forgotten. */
  unitOf(id: string): string | undefined {
    const intake = this.#intakes.of(id);
    return intake?.steps.at(-1)?.started.unit ?? intake?.received.unit;
  }

  /** The last intakes, newest first. */
  recent(count: number): readonly Intake[] {
    return this.#intakes.recent(count);
  }

  /** What is to be undone once its alert is over, in the order in which it was done. */
  toUndo(): readonly Change[] {
    return this.#changes.all.map((change) => ({
      ...change,
      isResolved: this.#intakes.of(change.id)?.isResolved ?? true,
    }));
  }

  attemptsOf(unit: string): readonly Attempt[] {
    return this.#attempts.of(unit);
  }

  attemptsSince(seconds: number): readonly Attempt[] {
    return this.#attempts.since(seconds);
  }

  get running(): readonly Attempt[] {
    return this.#attempts.running;
  }

  circuitOf(policy: string, unit: string): Circuit | undefined {
    return this.#circuits.of(policy, unit);
  }

  unitsInTrouble(since: number): ReadonlySet<string> {
    return this.#intakes.unitsInTrouble(since);
  }

  isOwnInvocation(unit: string, invocationId: string): boolean {
    return this.#attempts.isOwnInvocation(unit, invocationId);
  }

  /** When a step that was more than a word to people last ended, by the wall clock. */
  get lastRepairAt(): Date | undefined {
    return this.#lastRepairAt;
  }

  #started(line: LineHead & StartedEvent, at: number): void {
    const { id, policy, unit, also = [], step, action } = line;
    this.decisions.add([policy, 'run', '']);
    this.#intakes.started(line, at);
    this.#changes.started(line, at);
    if (action === 'notify') return;
    this.#attempts.start({ id, policy, unit, also, step, startedAt: at }, this.phaseOf(id) === 'working');
  }

  #finished(line: LineHead & FinishedEvent, at: number): void {
    const { id, policy, unit, action, result, invocationId } = line;
    this.steps.add([policy, action, result]);
    this.seconds.add([policy, action], line.seconds);
    const step = this.#intakes.finished(line, at);
    this.#changes.finished(line);
    if (action === 'notify') return;
    this.#attempts.end(id, at);
    this.#lastRepairAt = new Date(line.at);
    const before = step?.started.invocationId ?? invocationId;
    if (invocationId !== '' && invocationId !== before) this.#attempts.ownInvocation(unit, invocationId);
    for (const [name, own] of Object.entries(line.alsoInvocations ?? {}))
      this.#attempts.ownInvocation(name, own);
  }

  #ended(line: LineHead & EndedEvent, at: number): void {
    const { policy, unit, ending, hold } = line;
    this.endings.add([policy, ending]);
    if (ending === 'exhausted' && hold !== undefined) this.#circuits.open(policy, unit, at, hold);
    // A try in the middle of which fettle stopped has not helped, as far as anybody knows.
    if (ending === 'interrupted') this.#circuits.openAgain(policy, unit, at);
    if (ending === 'repaired' || ending === 'eased') this.#circuits.close(policy, unit);
    this.#terminal(line, at);
  }

  #terminal(line: NonNullable<Intake['end']>, at: number): void {
    this.#attempts.end(line.id, at);
    this.#intakes.ended(line, at);
  }

  #mayBeTried({ policy, unit }: EndedEvent, steady: number): boolean {
    const circuit = this.circuitOf(policy, unit);
    return circuit === undefined || circuit.tryAt <= steady;
  }
}

/** Over, and fires again: so says Alertmanager when it had lost sight of an alert. After a repair it is a late copy. */
function firesAgain({ isResolved, end }: Intake): boolean {
  return isResolved && end !== undefined && !(end.event === 'ended' && end.ending === 'repaired');
}

function isFinal({ ending, hold }: EndedEvent): boolean {
  return ending !== 'interrupted' && (ending !== 'exhausted' || hold === undefined);
}

/** When the last of several refusals is worth another question; infinite if one of them named no time. */
function latestRetry(denials: readonly { readonly retryAt?: string }[]): number {
  const times = denials.map(({ retryAt }) =>
    retryAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(retryAt),
  );
  return times.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...times);
}
