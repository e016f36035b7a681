import type { RepairRequest } from '../../domain/repair.ts';
import type { RailContext } from '../rail.ts';

/** Other units that a step would restart, by the manager's own names: those that run or have failed. */
export function restartedAlong(
  { step }: Pick<RepairRequest, 'step'>,
  { others }: Pick<RailContext, 'others'>,
): readonly string[] {
  if (step.action !== 'restart') return [];
  // Who has stopped one of them wants it to rest.
  return step.also.flatMap((name) => {
    const unit = others.get(name);
    return unit === undefined || unit.activeState === 'inactive' ? [] : [unit.id];
  });
}

/** The unit of a step and all that it would restart beside it, by the manager's own names where they are known. */
export function restarted(request: RepairRequest, context: RailContext): readonly string[] {
  return [context.unit?.id ?? request.unit.name, ...restartedAlong(request, context)];
}
