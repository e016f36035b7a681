import type { Rail } from '../rail.ts';

/** What was repaired while this request waited needs no repair. */
export const alertResolved: Rail = {
  name: 'alert-resolved',
  check({ alert }, { past }) {
    if (!past.isResolved(alert.fingerprint, alert.startsAt)) return undefined;
    return { reason: 'the alert has been resolved since' };
  },
};
