import type { Denial, RepairRequest } from '../domain/repair.ts';
import type { Unit } from '../domain/unit.ts';
import type { History } from './history.ts';

/** Everything a rail may look at; nothing of it is read by the rail itself. */
export interface RailContext {
  readonly now: Date;
  /** The live unit; undefined if the manager has none of that name. */
  readonly unit: Unit | undefined;
  readonly history: History;
  /** Patterns of units that must never be touched. */
  readonly protectedUnits: readonly string[];
}

/** One reason not to repair. Pure: the same request and context give the same answer. */
export interface Rail {
  readonly name: string;
  /** The denial without its rail's name, or undefined if this rail has nothing against it. */
  check(request: RepairRequest, context: RailContext): Omit<Denial, 'rail'> | undefined;
}
