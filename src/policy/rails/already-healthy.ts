import type { Rail } from '../rail.ts';

/** A notification is always old news: a unit that has come back by itself is left alone. */
export const alreadyHealthy: Rail = {
  name: 'already-healthy',
  check(_request, { unit }) {
    if (unit?.activeState !== 'active' && unit?.activeState !== 'reloading') return undefined;
    return { reason: `${unit.id} is ${unit.activeState} (${unit.subState}) now` };
  },
};
