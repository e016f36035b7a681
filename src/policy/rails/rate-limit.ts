import type { Rail } from '../rail.ts';
import { restartedUnits } from '../restarted-together.ts';
import { fullLimits } from './full-limits.ts';
import { together } from './retry-at.ts';

/** So many attempts at one unit are enough, in each window that the policy names; so at units that are restarted together with it. */
export const rateLimit: Rail = {
  name: 'rate-limit',
  check(request, context) {
    const { policy, step } = request;
    if (step.action === 'notify') return undefined;
    const objections = restartedUnits(request, context).map((id) =>
      fullLimits(policy.limits, context.past.attemptsOf(id), id, context),
    );
    return together(objections);
  },
};
