import type { Rail } from '../rail.ts';
import { lookAgain, pendingUntil } from './retry-at.ts';

/** A policy that has come to the end of its ladder in vain leaves the unit alone; then the first step gets one try. */
export const circuit: Rail = {
  name: 'circuit',
  check({ id: intake, policy, unit: { name }, stepIndex }, context) {
    const id = context.unit?.id ?? name;
    const open = context.past.circuitOf(policy.name, id);
    if (open === undefined) return undefined;
    const retryAt = pendingUntil(context, open.tryAt);
    const givenUp = `policy ${policy.name} has given ${id} up`;
    if (retryAt !== undefined) return { reason: `${givenUp} until ${retryAt.toISOString()}`, retryAt };
    if (stepIndex > 0) return { reason: `${givenUp}; only its first step is tried again` };
    const isTried = context.past
      .attemptsOf(id)
      .some(
        (one) =>
          one.unit === id && one.policy === policy.name && one.id !== intake && one.startedAt >= open.tryAt,
      );
    return isTried
      ? { reason: `${givenUp}; the one try is made already`, retryAt: lookAgain(context) }
      : undefined;
  },
};
