import type { Circumstances } from '../domain/circumstances.ts';
import type { PolicySet } from '../domain/policy.ts';
import type { Denial, RepairRequest } from '../domain/repair.ts';
import type { Unit } from '../domain/unit.ts';
import type { Past } from './past.ts';

/** Everything a rail may look at; nothing of it is read by the rail itself. */
export interface RailContext {
  /** By the wall clock. */
  readonly now: Date;
  /** Now, in seconds on the ledger's own clock: what durations are measured on. */
  readonly steady: number;
  /** The live unit; undefined if the manager has none of that name. */
  readonly unit: Unit | undefined;
  /** The other units that the step touches, by name as the policy writes it. */
  readonly others: ReadonlyMap<string, Unit | undefined>;
  readonly past: Past;
  readonly settings: Omit<PolicySet, 'policies'>;
  readonly circumstances: Circumstances;
}

/** One reason not to repair. Pure: the same request and context give the same answer. */
export interface Rail {
  readonly name: string;
  /** The denial without its rail's name, or undefined if this rail has nothing against it. */
  check(request: RepairRequest, context: RailContext): Omit<Denial, 'rail'> | undefined;
}

/** A time on the ledger's own clock as one of the wall clock. */
export function wallTime({ now, steady }: RailContext, seconds: number): Date {
  return new Date(now.getTime() + (seconds - steady) * 1000);
}
