import type { MaintenanceWindow } from '../../domain/policy.ts';

/** Any day: five fields of cron say nothing of years. */
const FIRST = Date.parse('2024-01-01T00:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** More than a year that has all its days. */
const DAYS = 800;

/** Beginnings are at least a minute apart, so this is longer than a day. */
const MOST_BEGINNINGS = 2000;

/**
 * Whether a window begins again before it has ended, at all times.
 *
 * One day is walked through from beginning to beginning; of all others, noon is looked at. What only clocks that
 * are set back leave open for an hour a year does not count.
 */
export function isAlwaysOn({ lastsSeconds, nextBeginning }: MaintenanceWindow): boolean {
  const lastsMs = lastsSeconds * 1000;
  const next = (after: number) => nextBeginning(new Date(after))?.getTime() ?? Number.POSITIVE_INFINITY;
  const first = next(FIRST);
  let at = first;
  for (let count = 0; count < MOST_BEGINNINGS && at - first < DAY_MS + HOUR_MS; count++) {
    const late = next(at + lastsMs / 2);
    const following = late - at <= lastsMs ? late : next(at);
    if (!(following - at <= lastsMs)) return false;
    at = following;
  }
  return Array.from({ length: DAYS }, (_, day) => first + DAY_MS + day * DAY_MS + DAY_MS / 2).every(
    (noon) => next(noon - lastsMs) <= noon,
  );
}
