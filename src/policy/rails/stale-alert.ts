import type { RepairRequest } from '../../domain/repair.ts';
import type { Rail, RailContext } from '../rail.ts';
import { dateOf, lookAgain, type Objection } from './retry-at.ts';

/** An alert may begin so much later than it is here: no two clocks agree. */
const CLOCKS_DIFFER_SECONDS = 300;

/** An occurrence that is older when it is taken in is a payload played back, unless Alertmanager says otherwise. */
const OLDEST_OCCURRENCE_SECONDS = 86_400;

/** Only what is true now is acted on: nothing that has waited for long, was recorded, or is said to begin later. */
export const staleAlert: Rail = {
  name: 'stale-alert',
  check(request, context) {
    const { alert, stepIndex } = request;
    if (Number.isNaN(alert.startsAt.getTime())) return { reason: 'nobody knows when the alert began' };
    // Later steps have waited on purpose.
    const isFirst = stepIndex === 0;
    return (
      ofTomorrow(request, context) ??
      (isFirst ? (replayed(request, context) ?? waited(request, context)) : undefined)
    );
  },
};

function ofTomorrow({ alert: { startsAt } }: RepairRequest, { now }: RailContext): Objection | undefined {
  const retryAt = new Date(startsAt.getTime() - CLOCKS_DIFFER_SECONDS * 1000);
  if (retryAt.getTime() <= now.getTime()) return undefined;
  return { reason: `the alert is said to begin at ${startsAt.toISOString()}, which is yet to come`, retryAt };
}

function replayed({ alert, receivedAt }: RepairRequest, context: RailContext): Objection | undefined {
  // One that was young when it first came in may be asked about for days.
  const first = context.past.firstTakenIn(alert.fingerprint, alert.startsAt) ?? dateOf(context, receivedAt);
  const age = (first.getTime() - alert.startsAt.getTime()) / 1000;
  if (age <= OLDEST_OCCURRENCE_SECONDS || firesFor(context)) return undefined;
  const hours = OLDEST_OCCURRENCE_SECONDS / 3600;
  return {
    reason: `the alert began at ${alert.startsAt.toISOString()}, more than ${hours} h before it came in: nobody vouches that it is not a recorded one`,
  };
}

/** Whether Alertmanager itself says that the alert fires. */
function firesFor({ circumstances: { alert } }: RailContext): boolean {
  return alert?.known === true && alert.value.state === 'active';
}

function waited({ policy, receivedAt }: RepairRequest, context: RailContext): Objection | undefined {
  const seconds = context.steady - receivedAt;
  if (seconds <= policy.maxAlertAgeSeconds) return undefined;
  return {
    reason: `the alert has waited ${Math.floor(seconds)} s, where ${policy.maxAlertAgeSeconds} s are allowed`,
    // If it is sent again, then it is no old news any more.
    retryAt: lookAgain(context),
  };
}
