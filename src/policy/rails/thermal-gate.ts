import type { Rail } from '../rail.ts';
import { lookAgain, unknown } from './retry-at.ts';
import { startsSomething } from './starts-something.ts';

/** Nothing is started on a machine that is too hot. A change of its power mode is: that is what cools it. */
export const thermalGate: Rail = {
  name: 'thermal-gate',
  check({ step }, context) {
    const { maxCelsius } = context.settings.gates;
    if (maxCelsius === undefined || !startsSomething(step) || step.action === 'power_mode') return undefined;
    const { hottestCelsius } = context.circumstances;
    if (!hottestCelsius.known) return unknown('how hot the machine is', hottestCelsius, context);
    const celsius = hottestCelsius.value;
    if (celsius === undefined || celsius <= maxCelsius) return undefined;
    return {
      reason: `the hottest GPU or zone has ${celsius} °C, where ${maxCelsius} °C are allowed`,
      retryAt: lookAgain(context),
    };
  },
};
