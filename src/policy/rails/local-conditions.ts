import { type Condition, holds } from '../../domain/condition.ts';
import type { Rail, RailContext } from '../rail.ts';
import { lookAgain, type Objection, together, unknown } from './retry-at.ts';

/** What a step asks of the machine must be so, as read right before, whatever the alert says. */
export const localConditions: Rail = {
  name: 'local-conditions',
  check({ step }, context) {
    return together(step.onlyIf.map((condition) => unmet(condition, context)));
  },
};

function unmet(condition: Condition, context: RailContext): Objection | undefined {
  const { quantity, text } = condition;
  const read = context.circumstances.quantities.get(quantity) ?? { known: false, why: 'nobody has read it' };
  if (!read.known) return unknown(quantity, read, context);
  if (holds(condition, read.value)) return undefined;
  return { reason: `${text} does not hold: ${quantity} is ${read.value}`, retryAt: lookAgain(context) };
}
