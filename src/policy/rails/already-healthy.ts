import type { Rail } from '../rail.ts';

/** If the alert is still sent after this long, the unit has failed once more. */
const ASK_AGAIN_SECONDS = 60;

/** A notification is always old news: a unit that has come back by itself is left alone. */
export const alreadyHealthy: Rail = {
  name: 'already-healthy',
  check(_request, { unit, now }) {
    if (unit?.activeState !== 'active' && unit?.activeState !== 'reloading') return undefined;
    const retryAt = new Date(now.getTime() + ASK_AGAIN_SECONDS * 1000);
    return { reason: `${unit.id} is ${unit.activeState} (${unit.subState}) now`, retryAt };
  },
};
