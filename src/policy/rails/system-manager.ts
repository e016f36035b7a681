import type { Rail } from '../rail.ts';

/**
 * Only units of the system's own manager are repaired.
 *
 * A unit of a user may have the name of one of the system; what ails the one says nothing of the other.
 */
export const systemManager: Rail = {
  name: 'system-manager',
  check({ alert, unit }) {
    const scope = alert.labels.get('scope') ?? '';
    if (scope === '' || scope === 'system') return undefined;
    const whose = alert.labels.get('user') ?? scope;
    return { reason: `the alert is about ${unit.name} in the manager of ${whose}, not in the system's` };
  },
};
