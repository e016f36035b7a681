import { isUnitName, type Unit } from '../../domain/unit.ts';
import type { Rail } from '../rail.ts';
import { dateOf } from './retry-at.ts';

/** Units in trouble that a refusal names. */
const UNITS_NAMED = 5;

/** When many units are in trouble at once, it is the machine that is ill: none of them is touched. */
export const storm: Rail = {
  name: 'storm',
  check({ unit: { name }, step }, context) {
    if (step.action === 'notify') return undefined;
    const { units, windowSeconds } = context.settings.storm;
    const { past, steady, unit } = context;
    const others = [...past.unitsInTrouble(steady - windowSeconds)].filter(
      (other) => isUnitName(other) && !isIt(other, name, unit),
    );
    const troubled = [unit?.id ?? name, ...others];
    if (troubled.length < units) return undefined;
    const rest = troubled.length - UNITS_NAMED;
    const named = `${troubled.slice(0, UNITS_NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
    return {
      reason: `${troubled.length} units in trouble within ${windowSeconds} s (${named}): the machine itself is suspect`,
      // A second more: what was taken in at this very moment counts until then.
      retryAt: dateOf(context, steady + windowSeconds + 1),
    };
  },
};

function isIt(other: string, name: string, unit: Unit | undefined): boolean {
  return other === name || other === unit?.id || unit?.names.includes(other) === true;
}
