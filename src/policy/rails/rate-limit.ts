import type { Rail } from '../rail.ts';
import { fullLimits } from './full-limits.ts';
import { restarted } from './restarted.ts';
import { together } from './retry-at.ts';

/** So many attempts at one unit are enough, in each window that the policy names; so for units that a step takes along. */
export const rateLimit: Rail = {
  name: 'rate-limit',
  check(request, context) {
    const { policy, step } = request;
    if (step.action === 'notify') return undefined;
    const objections = restarted(request, context).map((id) =>
      fullLimits(policy.limits, context.past.attemptsOf(id), id, context),
    );
    return together(objections);
  },
};
