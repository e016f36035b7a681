/** What people are told of a time that is none. */
export const SINCE_PROBLEM =
  '--since: expected how long ago, such as 10m or 1h30m, or a time such as "2026-11-21 18:00", 18:00 or yesterday';

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?$/;
const WITH_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;
const CLOCK = /^(\d\d?):(\d\d)(?::(\d\d))?$/;
const UNIX = /^@(\d{1,12}(?:\.\d{1,6})?)$/;

/** Unix time of a moment as people write it, in this machine's time zone; undefined if it is none. */
export async function parseSince(text: string, now: Date): Promise<number | undefined> {
  const unix = UNIX.exec(text)?.[1];
  if (unix !== undefined) return Number(unix);
  const moment = momentOf(text, now);
  if (moment !== undefined) return moment.getTime() / 1000;
  // Only now: it loads the schema library, which takes as long as all the rest of this command.
  const { parseDuration } = await import('../../config/duration.ts');
  const seconds = parseDuration(text);
  return seconds === undefined ? undefined : Math.max(0, now.getTime() / 1000 - seconds);
}

function momentOf(text: string, now: Date): Date | undefined {
  if (text === 'today') return dayOf(now, 0);
  if (text === 'yesterday') return dayOf(now, -1);
  if (WITH_ZONE.test(text)) return validDate(new Date(text.replace(' ', 'T')));
  const clock = CLOCK.exec(text);
  if (clock !== null) return timeOf(now.getFullYear(), now.getMonth(), now.getDate(), clock.slice(1));
  const date = DATE.exec(text);
  if (date === null) return undefined;
  const [, year, month, day, ...time] = date;
  return timeOf(Number(year), Number(month) - 1, Number(day), time);
}

function dayOf(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
}

/** JavaScript makes the 31st of June the 1st of July; here it is no date. */
function timeOf(year: number, month: number, day: number, time: readonly (string | undefined)[]) {
  const [hours = 0, minutes = 0, seconds = 0] = time.map((part) => Number(part ?? 0));
  const date = new Date(year, month, day, hours, minutes, seconds);
  const isAsWritten = date.getMonth() === month && date.getDate() === day && hours < 24 && minutes < 60;
  return isAsWritten && seconds < 60 ? validDate(date) : undefined;
}

function validDate(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}
