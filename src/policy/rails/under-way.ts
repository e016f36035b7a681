import { otherUnits } from '../../domain/step.ts';
import type { Attempt } from '../past.ts';
import type { Rail } from '../rail.ts';
import { lookAgain } from './retry-at.ts';

/** Two steps never touch the same unit at the same time. */
export const underWay: Rail = {
  name: 'under-way',
  check({ unit: { name }, step }, context) {
    const touched = new Set([name, context.unit?.id ?? name, ...otherUnits(step)]);
    for (const other of context.others.values()) if (other !== undefined) touched.add(other.id);
    const unitsOf = ({ unit, others }: Attempt) => [unit, ...others];
    const busy = context.past.running.find((attempt) => unitsOf(attempt).some((unit) => touched.has(unit)));
    if (busy === undefined) return undefined;
    const reason = `step ${busy.step + 1} of policy ${busy.policy} is under way at ${unitsOf(busy).join(', ')}`;
    return { reason, retryAt: lookAgain(context) };
  },
};
