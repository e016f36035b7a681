import type { Policy } from '../../domain/policy.ts';
import { needsRunningUnit, type Step, startsUnit } from '../../domain/step.ts';
import type { Unit } from '../../domain/unit.ts';
import type { Rail, RailContext } from '../rail.ts';
import { lookAgain, type Objection, unknown } from './retry-at.ts';

/**
 * A notification is always old news: a unit that has come back by itself is left alone.
 *
 * And what is meant for a unit that runs is not done to one that does not. If the alert is still sent a minute later,
 * the unit is looked at again.
 */
export const alreadyHealthy: Rail = {
  name: 'already-healthy',
  check({ step, policy }, context) {
    const { unit } = context;
    if (unit === undefined) return undefined;
    if (needsRunningUnit(step)) return runs(unit, step) ? undefined : pointless(unit, step, context);
    if (step.action === 'reset_failed') {
      return unit.activeState === 'failed' ? undefined : pointless(unit, step, context);
    }
    if (!isForUnitThatIsDown(step)) return undefined;
    return isUp(unit) ? healthy(unit, context) : comingUp(unit, policy, context);
  },
};

function isUp({ activeState }: Unit): boolean {
  return activeState === 'active' || activeState === 'reloading' || activeState === 'refreshing';
}

/** One that is being started has processes: a long oneshot is so for as long as it runs. But it cannot be reloaded. */
function runs(unit: Unit, { action }: Step): boolean {
  return isUp(unit) || (unit.activeState === 'activating' && action !== 'reload');
}

function isForUnitThatIsDown(step: Step): boolean {
  return startsUnit(step) && !(step.action === 'restart' && step.evenIfActive);
}

/** One that is just being started, as by systemd itself, is given the time that a repair would get. */
function comingUp(unit: Unit, { verify }: Policy, context: RailContext): Objection | undefined {
  const { activeState, subState, changedAt } = unit;
  if (activeState !== 'activating' || subState.startsWith('auto-restart') || changedAt === undefined)
    return undefined;
  const until = changedAt.getTime() + verify.timeoutSeconds * 1000;
  if (until <= context.now.getTime()) return undefined;
  return { reason: `${unit.id} is being started (${subState})`, retryAt: lookAgain(context) };
}

function healthy(unit: Unit, context: RailContext): Objection | undefined {
  const { probeSuccess } = context.circumstances;
  const reason = `${unit.id} is ${unit.activeState} (${unit.subState}) now`;
  if (probeSuccess === undefined) return { reason, retryAt: lookAgain(context) };
  if (!probeSuccess.known) return unknown(`${reason}, and whether its probe succeeds`, probeSuccess, context);
  if (!probeSuccess.value) return undefined;
  return { reason: `${reason}, and its probe succeeds`, retryAt: lookAgain(context) };
}

function pointless(unit: Unit, { action }: Step, context: RailContext): Objection {
  return {
    reason: `${unit.id} is ${unit.activeState} (${unit.subState}) now: there is nothing to ${verbOf(action)}`,
    retryAt: lookAgain(context),
  };
}

function verbOf(action: Step['action']): string {
  return action === 'reset_failed' ? 'reset' : action;
}
