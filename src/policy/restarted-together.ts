import type { RepairRequest } from '../domain/repair.ts';
import type { Unit } from '../domain/unit.ts';
import type { RailContext } from './rail.ts';

/**
 * The other units that a step would restart (`also`), each once.
 *
 * One that is inactive has been stopped by somebody and is left so, unless it went down in an earlier step of the same
 * intake: a job that was queued together with one that fails is dropped.
 */
export function restartedTogether(
  { id, step, unit: ref }: Pick<RepairRequest, 'id' | 'step' | 'unit'>,
  { unit, others, past }: Pick<RailContext, 'unit' | 'others' | 'past'>,
): readonly Unit[] {
  if (step.action !== 'restart') return [];
  const found = new Map<string, Unit>();
  for (const name of step.also) {
    const other = others.get(name);
    if (other === undefined || other.id === (unit?.id ?? ref.name)) continue;
    const isOwnDoing = past.attemptsOf(other.id).at(-1)?.id === id;
    if (other.activeState !== 'inactive' || isOwnDoing) found.set(other.id, other);
  }
  return [...found.values()];
}

/** The names of the unit of a step and of all that it would restart together with it, the manager's own where they are known. */
export function restartedUnits(request: RepairRequest, context: RailContext): readonly string[] {
  const own = context.unit?.id ?? request.unit.name;
  return [own, ...restartedTogether(request, context).map(({ id }) => id)];
}
