import { messageOf } from '../domain/errors.ts';
import type { EndedEvent } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Moment } from '../domain/moment.ts';
import type { PolicySet } from '../domain/policy.ts';
import { nextOnLadder } from '../policy/ladder.ts';
import type { Case } from './case.ts';
import type { TakeStep } from './executor.ts';
import { interruptedSteps } from './interrupted.ts';
import type { Ledger } from './ledger.ts';
import type { Waker } from './waker.ts';

/** Walks a case to its end. Rejects only when fettle is stopped. */
export type Course = (one: Case, signal: AbortSignal) => Promise<void>;

/** What the walk needs. */
export interface CourseOptions {
  readonly ledger: Ledger;
  readonly policies: () => PolicySet;
  readonly takeStep: TakeStep;
  /** Woken when an alert is over or a step has ended. */
  readonly waker: Waker;
  readonly moment: () => Moment;
  readonly log: Log;
}

/** Longest sleep before the ladder is looked at again: time may have stood still with the machine. */
const LOOK_AGAIN_MS = 30_000;

/** Pause before what could not be decided, or not be written down, is tried anew. */
const RETRY_MS = 10_000;

/**
 * Gives the walk from an accepted alert to its last line in the ledger, one step of its ladder after the other.
 *
 * Where it stands is told by the ledger alone, so that it goes on there after a restart of fettle.
 */
export function createCourse({ ledger, policies, takeStep, waker, moment, log }: CourseOptions): Course {
  const { history } = ledger;

  /** Where a case stands on its ladder now. Without its policy there is none: what was begun comes to an end. */
  function nextOf({ received: { id, policy: name, unit: written, fingerprint, startsAt } }: Case) {
    const unit = history.unitOf(id) ?? written;
    const policy = policies().policies.find((known) => known.name === name);
    const taken = history.stepsOf(id);
    const isResolved = history.isResolved(fingerprint, new Date(startsAt));
    const isTry = history.circuitOf(name, unit) !== undefined;
    const next = nextOnLadder(policy ?? { steps: [] }, { taken, isResolved, isTry });
    const hold = policy === undefined ? {} : { hold: policy.giveUpSeconds };
    return { next, hold, waitSeconds: taken.length === 0 ? 0 : next.notBefore - history.steadyAt(moment()) };
  }

  /** One move; whether it was the last. */
  async function move(one: Case, signal: AbortSignal): Promise<boolean> {
    const { next, hold, waitSeconds } = nextOf(one);
    if (waitSeconds > 0) {
      await waker.sleep(Math.min(waitSeconds * 1000, LOOK_AGAIN_MS), signal);
      return false;
    }
    if (next.kind === 'end') {
      await end(one, next, next.ending === 'exhausted' ? hold : {});
      return true;
    }
    const step = await takeStep(one, next.index, signal);
    if (step === 'taken') waker.wake();
    if (step === 'later') await waker.sleep(LOOK_AGAIN_MS, signal);
    return step === 'over';
  }

  async function end(
    { received: { id, policy, unit } }: Case,
    { ending, detail }: Pick<EndedEvent, 'ending' | 'detail'>,
    hold: Pick<EndedEvent, 'hold'>,
  ): Promise<void> {
    const about = { id, policy, unit: history.unitOf(id) ?? unit, ending, detail };
    await ledger.append([{ event: 'ended', ...about, ...hold }]);
    if (ending === 'exhausted') log.warn(about, 'repair given up');
    else log.info(about, 'repair ended');
  }

  /** Whether it is to be tried again. */
  async function afterFault(
    { received: { id } }: Case,
    thrown: unknown,
    signal: AbortSignal,
  ): Promise<boolean> {
    log.error({ id, err: messageOf(thrown) }, 'no decision yet; trying again');
    // Once a step has begun it must not be begun again: nobody knows what became of it.
    const lost = interruptedSteps(
      history.unended().find(({ received }) => received.id === id),
      history.steadyAt(moment()),
    );
    if (lost.length > 0) await ledger.append(lost).catch(() => undefined);
    await waker.sleep(RETRY_MS, signal).catch(() => undefined);
    return true;
  }

  return async (one, signal) => {
    for (let isOver = false; !isOver && !signal.aborted; ) {
      try {
        isOver = await move(one, signal);
      } catch (thrown) {
        if (signal.aborted) return;
        isOver = !(await afterFault(one, thrown, signal));
      }
    }
  };
}
