import type { Unit } from '../../domain/unit.ts';
import { isUnitName } from '../../domain/unit.ts';
import type { Rail } from '../rail.ts';

/** systemd must have the unit, loaded, and let it be started by hand. */
export const unitRestartable: Rail = {
  name: 'unit-restartable',
  check({ unit: { name }, policy }, { unit }) {
    if (!isUnitName(name)) return { reason: `${JSON.stringify(name.slice(0, 300))} is not a unit name` };
    // Nobody looks at a unit that the policy does not allow; there is nothing to say about it here.
    if (!policy.allow.includes(name)) return undefined;
    if (unit === undefined) return { reason: `the service manager has no unit ${name}` };
    const fault = faultOf(unit);
    return fault === undefined ? undefined : { reason: `${unit.id} ${fault}` };
  },
};

function faultOf(unit: Unit): string | undefined {
  if (unit.loadState === 'not-found') return 'does not exist';
  if (unit.loadState !== 'loaded') return `cannot be started: its load state is ${unit.loadState}`;
  if (!unit.canStart) return 'refuses to be started by hand';
  if (!unit.canStop) return 'refuses to be stopped by hand';
  return undefined;
}
