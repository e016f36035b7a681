import { otherUnits, type Step } from '../../domain/step.ts';
import { isUnitName, type Unit } from '../../domain/unit.ts';
import type { Rail } from '../rail.ts';
import { lookAgain, type Objection, together } from './retry-at.ts';

/** systemd must have the unit, loaded, and let the step be done to it by hand; and so with every other one of the step. */
export const unitRestartable: Rail = {
  name: 'unit-restartable',
  check({ unit: { name }, policy, step }, context) {
    const { unit, others } = context;
    if (!isUnitName(name)) return { reason: noName(name) };
    // Nobody looks at a unit that the policy does not allow; there is nothing to say about it here.
    if (!policy.allow.includes(name)) return undefined;
    const need = ownNeed(step);
    const found = together([
      objectionTo(name, unit, need),
      ...otherUnits(step).map((other) => objectionTo(other, others.get(other), otherNeed(step))),
    ]);
    // It may be unmasked, or installed anew.
    return found && { ...found, retryAt: lookAgain(context) };
  },
};

/** What must be possible with a unit; `nothing`: it need not even be loaded. */
type Need = 'restart' | 'start' | 'stop' | 'reload' | 'load' | 'nothing';

function ownNeed(step: Step): Need {
  switch (step.action) {
    case 'restart':
    case 'start':
    case 'stop':
    case 'reload':
      return step.action;
    case 'run':
      return step.followUp ?? 'load';
    case 'throttle':
    case 'reset_failed':
      return 'load';
    case 'power_mode':
    case 'notify':
      return 'nothing';
    default:
      return step satisfies never;
  }
}

function otherNeed({ action }: Step): Need {
  return action === 'restart' ? 'restart' : 'start';
}

function objectionTo(name: string, unit: Unit | undefined, need: Need): Objection | undefined {
  if (!isUnitName(name)) return { reason: noName(name) };
  if (unit === undefined) return { reason: `the service manager has no unit ${name}` };
  const fault = faultOf(unit, need);
  return fault === undefined ? undefined : { reason: `${unit.id} ${fault}` };
}

function faultOf(unit: Unit, need: Need): string | undefined {
  if (need === 'nothing') return undefined;
  if (unit.loadState === 'not-found') return 'does not exist';
  if (unit.loadState !== 'loaded') return `cannot be used: its load state is ${unit.loadState}`;
  const starts = need === 'restart' || need === 'start';
  if (starts && unit.isTransient) return 'was made at run time by a program: nobody else can start it again';
  if (starts && !unit.canStart) return 'refuses to be started by hand';
  if ((need === 'restart' || need === 'stop') && !unit.canStop) return 'refuses to be stopped by hand';
  if (need === 'reload' && !unit.canReload) return 'cannot be reloaded';
  return undefined;
}

function noName(name: string): string {
  return `${JSON.stringify(name.slice(0, 300))} is not a unit name`;
}
