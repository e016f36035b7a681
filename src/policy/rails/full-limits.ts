import type { RateLimit } from '../../domain/policy.ts';
import type { Attempt } from '../past.ts';
import type { RailContext } from '../rail.ts';
import { dateOf, lookAgain, type Objection, together } from './retry-at.ts';

/**
 * The objection of every limit in which these attempts leave no room for one more; undefined if there is room in all.
 *
 * An attempt counts from its beginning until the window has passed, and as long as it is under way.
 */
export function fullLimits(
  limits: readonly RateLimit[],
  attempts: readonly Attempt[],
  whose: string,
  context: RailContext,
): Objection | undefined {
  return together(limits.map((limit) => fullLimit(limit, attempts, whose, context)));
}

function fullLimit(
  { count, windowSeconds }: RateLimit,
  attempts: readonly Attempt[],
  whose: string,
  context: RailContext,
): Objection | undefined {
  const now = context.now.getTime();
  const leaving = attempts
    .map((attempt) => leavesAt(attempt, windowSeconds, context).getTime())
    .filter((time) => time > now)
    .sort((a, b) => a - b);
  if (leaving.length < count) return undefined;
  const reason = `${leaving.length} attempts at ${whose} within ${windowSeconds} s, where ${count} are allowed`;
  // If more are in the window than are allowed, more than one has to leave it.
  const free = leaving[leaving.length - count];
  return free === undefined ? { reason } : { reason, retryAt: new Date(free) };
}

function leavesAt({ startedAt, endedAt }: Attempt, windowSeconds: number, context: RailContext): Date {
  const date = dateOf(context, startedAt + windowSeconds);
  const soonest = lookAgain(context);
  return endedAt === undefined && date < soonest ? soonest : date;
}
