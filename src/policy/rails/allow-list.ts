import type { Rail } from '../rail.ts';

/** Only units that the policy names may be touched; an empty list allows none. */
export const allowList: Rail = {
  name: 'allow-list',
  check({ policy, unit }) {
    if (policy.allow.includes(unit.name)) return undefined;
    return { reason: `${unit.name || '(no unit)'} is not in the allow list of policy ${policy.name}` };
  },
};
