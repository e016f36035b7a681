import type { Known } from '../../domain/circumstances.ts';
import type { Denial } from '../../domain/repair.ts';
import { type RailContext, wallTime } from '../rail.ts';

/** What a rail gives: a denial without its rail's name. */
export type Objection = Omit<Denial, 'rail'>;

/** What has no known end is looked at again after this long, if the alert is still sent. */
const LOOK_AGAIN_SECONDS = 60;

/** `wallTime` cuts off what is less than a millisecond; with this much added a time is never told too early. */
const ROUND_UP_SECONDS = 0.000_999;

/** When to ask again about something whose end nobody knows, such as a silence or a thing that could not be read. */
export function lookAgain({ now }: Pick<RailContext, 'now'>): Date {
  return new Date(now.getTime() + LOOK_AGAIN_SECONDS * 1000);
}

/** A time on the ledger's own clock by the wall clock: its first whole millisecond. */
export function dateOf(context: RailContext, seconds: number): Date {
  return wallTime(context, seconds + ROUND_UP_SECONDS);
}

/** A time on the ledger's own clock by the wall clock, or undefined if it is not in the future. */
export function pendingUntil(context: RailContext, seconds: number): Date | undefined {
  const date = dateOf(context, seconds);
  return date.getTime() > context.now.getTime() ? date : undefined;
}

/** The objection to something that is not known. */
export function unknown(
  what: string,
  { why }: Extract<Known<unknown>, { known: false }>,
  context: RailContext,
): Objection {
  return { reason: `${what} is not known: ${why}`, retryAt: lookAgain(context) };
}

/** All objections as one, which ends when the last of them does; undefined if there are none. */
export function together(objections: readonly (Objection | undefined)[]): Objection | undefined {
  const all = objections.filter((objection) => objection !== undefined);
  if (all.length === 0) return undefined;
  const reason = all.map((objection) => objection.reason).join('; ');
  const times = all.flatMap(({ retryAt }) => (retryAt === undefined ? [] : [retryAt.getTime()]));
  return times.length < all.length ? { reason } : { reason, retryAt: new Date(Math.max(...times)) };
}
