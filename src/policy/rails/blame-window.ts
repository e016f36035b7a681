import type { RepairRequest } from '../../domain/repair.ts';
import type { Step } from '../../domain/step.ts';
import type { Unit } from '../../domain/unit.ts';
import type { Attempt } from '../past.ts';
import type { Rail, RailContext } from '../rail.ts';
import { restartedTogether } from '../restarted-together.ts';
import { dateOf, type Objection, together, unknown } from './retry-at.ts';

/** The manager's clock and the ledger's may tell the same moment so far apart. */
const CLOCKS_DIFFER_MS = 5000;

/**
 * For a while after somebody or something else had a hand in it, a unit is theirs; so is one that would be restarted together with it.
 *
 * That is somebody who started or stopped it, a change of packages, and the start of the machine.
 */
export const blameWindow: Rail = {
  name: 'blame-window',
  check(request, context) {
    if (!movesUnit(request.step)) return undefined;
    const also = restartedTogether(request, context).filter(isStarted);
    return together([
      otherHands(context.unit, request, context),
      ...also.map((unit) => otherHands(unit, request, context)),
      packages(request, context),
      boot(request, context),
    ]);
  },
};

function otherHands(
  unit: Unit | undefined,
  request: RepairRequest,
  context: RailContext,
): Objection | undefined {
  const { past, now } = context;
  const { otherHandsSeconds } = request.policy.blame;
  const at = unit?.changedAt;
  if (unit === undefined || at === undefined || otherHandsSeconds === 0) return undefined;
  const what = isStopped(unit) ? 'stopped or ended in good order' : isStarted(unit) ? 'started' : undefined;
  if (what === undefined || isOfBoot(at, request, context)) return undefined;
  const retryAt = later(at, otherHandsSeconds);
  if (retryAt.getTime() <= now.getTime()) return undefined;
  const last = past.attemptsOf(unit.id).at(-1);
  const isOwn = isStopped(unit) ? isOwnStop(at, last, request, context) : isOwnRun(unit, at, last, context);
  if (isOwn) return undefined;
  return {
    reason: `${unit.id} was ${what} at ${at.toISOString()}, and not by fettle; left alone until ${retryAt.toISOString()}`,
    retryAt,
  };
}

/**
 * Whether it is down as somebody wants it to be.
 *
 * One that has failed is not, unless it did so when it was told to end. One that somebody stops
 * while it waits for systemd's automatic restart is inactive, with the result of its failure.
 */
function isStopped({ activeState, result, endedByOrder }: Unit): boolean {
  if (activeState === 'failed') return endedByOrder;
  if (activeState === 'inactive') return result !== 'exec-condition';
  return activeState === 'deactivating' && (result === 'success' || result === '');
}

/** Whether it runs because somebody started it: not by systemd's own automatic restart, nor waiting for one. */
function isStarted({ activeState, subState, restarts = 0 }: Unit): boolean {
  const runs =
    activeState === 'active' ||
    activeState === 'reloading' ||
    activeState === 'refreshing' ||
    activeState === 'activating';
  return runs && restarts === 0 && !subState.startsWith('auto-restart');
}

/** What happens while the machine starts is its own doing. */
function isOfBoot(at: Date, { policy }: RepairRequest, { now, circumstances }: RailContext): boolean {
  const { secondsSinceBoot: since } = circumstances;
  if (!since.known) return false;
  return at.getTime() < now.getTime() - (since.value - policy.blame.bootSeconds) * 1000;
}

/** Whether a step starts, stops or reloads something; the others do nobody any harm who is at work. */
function movesUnit({ action }: Step): boolean {
  return action !== 'throttle' && action !== 'power_mode' && action !== 'notify' && action !== 'reset_failed';
}

function isOwnRun(unit: Unit, at: Date, last: Attempt | undefined, context: RailContext): boolean {
  if (unit.invocationId !== '') return context.past.isOwnInvocation(unit.id, unit.invocationId);
  // A manager that has no names for runs: it is ours if it began while we were at it.
  return last !== undefined && isDuring(at, last, context);
}

/**
 * Whether fettle itself stopped it: the last step of this very policy was a stop in which it went down.
 *
 * What went down before that policy's last step was looked at when that step was allowed; `reset-failed` makes a unit
 * that had failed look as if it had ended in good order.
 */
function isOwnStop(
  at: Date,
  last: Attempt | undefined,
  { policy }: RepairRequest,
  context: RailContext,
): boolean {
  if (last === undefined || last.policy !== policy.name || last.unit !== context.unit?.id) return false;
  const isBefore = at.getTime() < dateOf(context, last.startedAt).getTime() - CLOCKS_DIFFER_MS;
  if (isBefore) return true;
  const action = policy.steps[last.step]?.action;
  return (action === 'stop' || action === 'reset_failed') && isDuring(at, last, context);
}

function isDuring(at: Date, { startedAt, endedAt }: Attempt, context: RailContext): boolean {
  const from = dateOf(context, startedAt).getTime() - CLOCKS_DIFFER_MS;
  const to = dateOf(context, endedAt ?? context.steady).getTime() + CLOCKS_DIFFER_MS;
  return at.getTime() >= from && at.getTime() <= to;
}

function packages({ policy }: RepairRequest, context: RailContext): Objection | undefined {
  const { packagesSeconds } = policy.blame;
  const { packagesChangedAt } = context.circumstances;
  if (packagesSeconds === 0) return undefined;
  if (!packagesChangedAt.known) return unknown('when packages were last changed', packagesChangedAt, context);
  const at = packagesChangedAt.value;
  if (at === undefined) return undefined;
  const retryAt = later(at, packagesSeconds);
  if (retryAt.getTime() <= context.now.getTime()) return undefined;
  return {
    reason: `packages were changed at ${at.toISOString()}; left alone until ${retryAt.toISOString()}`,
    retryAt,
  };
}

function boot({ policy }: RepairRequest, context: RailContext): Objection | undefined {
  const { bootSeconds } = policy.blame;
  const { secondsSinceBoot: since } = context.circumstances;
  if (bootSeconds === 0) return undefined;
  if (!since.known) return unknown('when the machine was started', since, context);
  if (since.value >= bootSeconds) return undefined;
  return {
    reason: `the machine was started ${Math.floor(since.value)} s ago; left alone for ${bootSeconds} s`,
    retryAt: dateOf(context, context.steady + bootSeconds - since.value),
  };
}

function later(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}
