import {
  type FinishedEvent,
  JOB_REFUSED,
  JOB_SKIPPED,
  type StartedEvent,
  type UndoneEvent,
} from '../../domain/ledger.ts';
import type { LimitValues } from '../../domain/throttle.ts';

/** What a step has changed, or may have changed, for as long as its alert goes on. */
export interface Change {
  /** Of its intake. */
  readonly id: string;
  readonly policy: string;
  readonly unit: string;
  readonly step: number;
  readonly action: 'throttle' | 'power_mode';
  /** What the unit had before. */
  readonly saved: LimitValues;
  /** What it was given. */
  readonly limits: LimitValues;
  /** The oneshot unit that puts a power mode back; empty for a throttle. */
  readonly undo: string;
  /** On the ledger's own clock. */
  readonly startedAt: number;
  /** Whether its alert is over; also where nobody knows any more which alert that was. */
  readonly isResolved: boolean;
}

type OpenChange = Omit<Change, 'isResolved'>;

/** What is still to be undone. */
export class Changes {
  readonly #open = new Map<string, OpenChange>();
  /** Ids of their intakes, with how many they have. */
  readonly #intakes = new Map<string, number>();

  /** What has begun may have changed something, whatever becomes of it. */
  started(line: StartedEvent, startedAt: number): void {
    const { id, policy, unit, step, action, saved, limits, undo = '' } = line;
    if (action !== 'throttle' && action !== 'power_mode') return;
    // Of a throttle without its values nobody could tell what to put back.
    if (action === 'throttle' && (saved === undefined || limits === undefined)) return;
    if (action === 'power_mode' && undo === '') return;
    this.#remove(id, step);
    this.#open.set(keyOf(id, step), {
      id,
      policy,
      unit,
      step,
      action,
      saved: saved ?? {},
      limits: limits ?? {},
      undo,
      startedAt,
    });
    this.#intakes.set(id, (this.#intakes.get(id) ?? 0) + 1);
  }

  finished({ id, step, jobResult }: FinishedEvent): void {
    if (jobResult === JOB_REFUSED || jobResult === JOB_SKIPPED) this.#remove(id, step);
  }

  undone({ id, step, result }: UndoneEvent): void {
    if (result !== 'failed') this.#remove(id, step);
  }

  isOpen(id: string): boolean {
    return this.#intakes.has(id);
  }

  /** In the order in which they were made. */
  get all(): readonly OpenChange[] {
    return [...this.#open.values()];
  }

  #remove(id: string, step: number): void {
    if (!this.#open.delete(keyOf(id, step))) return;
    const rest = (this.#intakes.get(id) ?? 1) - 1;
    if (rest === 0) this.#intakes.delete(id);
    else this.#intakes.set(id, rest);
  }
}

function keyOf(id: string, step: number): string {
  return `${step} ${id}`;
}
