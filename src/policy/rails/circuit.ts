import type { Rail } from '../rail.ts';
import { pendingUntil } from './retry-at.ts';

/** A policy that has come to the end of its ladder in vain leaves the unit alone; then the first step gets one try. */
export const circuit: Rail = {
  name: 'circuit',
  check({ policy, unit: { name }, stepIndex }, context) {
    const id = context.unit?.id ?? name;
    const open = context.past.circuitOf(policy.name, id);
    if (open === undefined) return undefined;
    const retryAt = pendingUntil(context, open.tryAt);
    const givenUp = `policy ${policy.name} has given ${id} up`;
    if (retryAt !== undefined) return { reason: `${givenUp} until ${retryAt.toISOString()}`, retryAt };
    return stepIndex === 0 ? undefined : { reason: `${givenUp}; only its first step is tried again` };
  },
};
