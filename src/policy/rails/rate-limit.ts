import type { Rail } from '../rail.ts';
import { fullLimits } from './full-limits.ts';

/** So many attempts at one unit are enough, in each window that the policy names. */
export const rateLimit: Rail = {
  name: 'rate-limit',
  check({ policy, unit: { name }, step }, context) {
    if (step.action === 'notify') return undefined;
    const id = context.unit?.id ?? name;
    return fullLimits(policy.limits, context.past.attemptsOf(id), id, context);
  },
};
