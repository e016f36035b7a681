import { messageOf } from '../domain/errors.ts';
import { withinLimit } from '../domain/limit.ts';
import type { Log } from '../domain/log.ts';
import type { Outcome, RepairRequest, ServiceManager } from '../domain/repair.ts';
import type { UnitAction } from '../domain/step.ts';
import type { LimitValues } from '../domain/throttle.ts';
import type { Unit, UnitRef } from '../domain/unit.ts';

/** What the manager said of a step. */
export interface Answer extends Pick<Outcome, 'accepted' | 'jobResult' | 'detail'> {
  /** Whether something else than what was refused has been done. */
  readonly hasActed?: boolean;
  /** Why the step has failed even if the unit turns out well: something that belongs to it was refused. */
  readonly fault?: string;
}

/** What a step is taken with. */
export interface Means {
  /** What the unit is given, for `throttle`. */
  readonly limits: LimitValues;
  /** The other units that are restarted together with it. */
  readonly also: readonly Unit[];
}

/** Does what a step says, and waits for the end of its jobs. Throws only if fettle itself is stopped meanwhile. */
export type Act = (request: RepairRequest, means: Means, signal: AbortSignal) => Promise<Answer>;

/** How long the manager may take over its job. */
const JOB_LIMIT_MS = 5 * 60_000;

/** Gives the hands of the remediator. Each action is asked of the manager once, and never again by itself. */
export function createAct(manager: ServiceManager, log: Log): Act {
  /** If the manager's answer is lost, the job may still be under way: the unit itself will tell. */
  async function limited(
    what: string,
    signal: AbortSignal,
    ask: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await withinLimit(what, JOB_LIMIT_MS, signal, ask);
    } catch (thrown) {
      signal.throwIfAborted();
      return { accepted: true, jobResult: '', detail: messageOf(thrown) };
    }
  }

  const run = (action: UnitAction, ref: UnitRef, signal: AbortSignal) =>
    limited(`${action} of ${ref.name}`, signal, (own) => manager.run(action, ref, own));

  /** All are asked for in one turn, so that the manager orders them by what it knows of their dependencies. */
  async function restartTogether(ref: UnitRef, also: readonly Unit[], signal: AbortSignal): Promise<Answer> {
    const others = also.map(({ id }) => run('restart', { ...ref, name: id }, signal));
    const [own, ...rest] = await Promise.all([run('restart', ref, signal), ...others]);
    const refused = rest.find(({ accepted }) => !accepted);
    const hasActed = rest.some(({ accepted }) => accepted);
    return refused === undefined ? { ...own, hasActed } : { ...own, hasActed, fault: refused.detail };
  }

  /** The unit of the alert is touched only if the oneshot unit came to a good end. */
  async function runFirst(
    ref: UnitRef,
    oneshot: string,
    followUp: UnitAction | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const first = await run('start', { ...ref, name: oneshot }, signal);
    if (!first.accepted) return first;
    // It has run, or may have, and so may have changed something: that is no refusal.
    if (first.jobResult !== 'done') return { ...first, fault: first.detail };
    return followUp === undefined ? first : { ...(await run(followUp, ref, signal)), hasActed: true };
  }

  return async ({ step, unit: ref, id, policy }, { limits, also }, signal) => {
    switch (step.action) {
      case 'restart':
        return await restartTogether(ref, also, signal);
      case 'start':
      case 'stop':
      case 'reload':
      case 'reset_failed':
        return await run(step.action, ref, signal);
      case 'run':
        return await runFirst(ref, step.unit, step.followUp, signal);
      case 'power_mode':
        return await runFirst(ref, step.unit, undefined, signal);
      case 'throttle':
        return await limited(`throttling ${ref.name}`, signal, (own) => manager.setLimits(ref, limits, own));
      case 'notify':
        log.warn({ id, policy: policy.name, unit: ref.name, message: step.message }, 'somebody should look');
        return { accepted: true, jobResult: '', detail: step.message };
      default:
        return step satisfies never;
    }
  };
}
