import { otherUnits, type Step } from '../../domain/step.ts';
import type { Attempt } from '../past.ts';
import type { Rail, RailContext } from '../rail.ts';
import { lookAgain, type Objection } from './retry-at.ts';

/** Two steps never touch the same unit at the same time, and no oneshot unit is started while it runs. */
export const underWay: Rail = {
  name: 'under-way',
  check({ unit: { name }, step }, context) {
    const touched = new Set([name, context.unit?.id ?? name, ...otherUnits(step)]);
    for (const other of context.others.values()) if (other !== undefined) touched.add(other.id);
    const unitsOf = ({ unit, also }: Attempt) => [unit, ...also];
    const busy = context.past.running.find((attempt) => unitsOf(attempt).some((unit) => touched.has(unit)));
    if (busy === undefined) return oneshotUnderWay(step, context);
    const reason = `step ${busy.step + 1} of policy ${busy.policy} is under way at ${unitsOf(busy).join(', ')}`;
    return { reason, retryAt: lookAgain(context) };
  },
};

/** Whoever has started it: of two that set the power mode side by side, nobody knows which one comes last. */
function oneshotUnderWay({ action }: Step, context: RailContext): Objection | undefined {
  if (action !== 'run' && action !== 'power_mode') return undefined;
  const busy = [...context.others.values()].find((unit) => unit?.activeState === 'activating');
  if (busy === undefined) return undefined;
  return { reason: `${busy.id} is running`, retryAt: lookAgain(context) };
}
