import type { Rail, RailContext } from '../rail.ts';
import { fullLimits } from './full-limits.ts';
import { lookAgain, type Objection, together } from './retry-at.ts';

/** What all policies together may do on this machine, at a time and in each window. */
export const hostBudget: Rail = {
  name: 'host-budget',
  check({ step }, context) {
    if (step.action === 'notify') return undefined;
    return together([atATime(context), inWindows(context)]);
  },
};

function atATime(context: RailContext): Objection | undefined {
  const { concurrent } = context.settings.budget;
  const { running } = context.past;
  if (running.length < concurrent) return undefined;
  const units = running.map(({ unit }) => unit).join(', ');
  return {
    reason: `${running.length} attempts on this machine are under way (${units}), where ${concurrent} are allowed`,
    retryAt: lookAgain(context),
  };
}

function inWindows(context: RailContext): Objection | undefined {
  const { limits } = context.settings.budget;
  const { past, steady } = context;
  const since = steady - Math.max(0, ...limits.map(({ windowSeconds }) => windowSeconds));
  const longUnderWay = past.running.filter(({ startedAt }) => startedAt < since);
  return fullLimits(
    limits,
    [...longUnderWay, ...past.attemptsSince(since)],
    'units of this machine',
    context,
  );
}
