import { Cron } from 'croner';
import * as z from 'zod';
import { messageOf } from '../../domain/errors.ts';
import type { MaintenanceWindow } from '../../domain/policy.ts';
import { ACTIONS } from '../../domain/step.ts';
import { isAlwaysOn } from './always-on.ts';
import { someTime } from './timing.ts';

const CRON =
  'expected five fields of cron (minute, hour, day of the month, month, day of the week), such as "0 2 * * *", or @hourly, @daily, @weekly, @monthly or @yearly';
const ZONE = 'expected a time zone such as Europe/Berlin or UTC';
const NAME = 'expected a name of small letters, digits, - and _, such as nightly-backup';

/** Any moment: five fields say nothing of years, so what never begins after this never does. */
const SOME_TIME = new Date('2024-01-01T00:00:00Z');

const zone = z
  .string({ error: ZONE })
  .refine((name) => /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name) && isTimeZone(name), { error: ZONE });

const cron = z.string({ error: CRON }).superRefine((pattern, context) => {
  const fault = (message: string) => context.addIssue({ code: 'custom', message });
  try {
    if (beginningsOf(pattern, 'UTC')(SOME_TIME) === undefined) {
      fault(`expected a time that comes; ${pattern} never does`);
    }
  } catch (thrown) {
    fault(`${CRON}; ${countWords(pattern) ?? messageOf(thrown).replace(/^CronPattern: /, '')}`);
  }
});

/** What is said of a pattern that has another number of fields. */
function countWords(pattern: string): string | undefined {
  const count = pattern.split(/\s+/).filter((field) => field !== '').length;
  if (count === 5 || pattern.includes('@')) return undefined;
  const has = `it has ${count} ${count === 1 ? 'field' : 'fields'}`;
  return count > 5 ? `${has}, and fettle knows neither seconds nor years` : has;
}

const lasts = z
  .string({ error: 'expected a duration such as 30m or 2h' })
  .transform((text, context): { readonly text: string; readonly seconds: number } => {
    const read = someTime.safeParse(text);
    if (read.success) return { text, seconds: read.data };
    for (const { message } of read.error.issues)
      context.issues.push({ code: 'custom', message, input: text });
    return z.NEVER;
  });

const block = z
  .array(z.enum(ACTIONS, { error: `expected an action: one of ${ACTIONS.join(', ')}` }), {
    error: 'expected a list of actions such as [restart, stop]',
  })
  .min(1, { error: 'expected at least one action; leave block out for all' });

const window = z
  .strictObject({
    name: z
      .string({ error: NAME })
      .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, { error: NAME })
      .describe('A name of its own.'),
    cron: cron.describe(
      'When it begins, as cron writes it: "0 2 * * *" is at 2:00 every day; also @daily and the like.',
    ),
    lasts: lasts.describe('How long it lasts, such as 90m.'),
    tz: zone.optional().describe("Time zone of cron, such as Europe/Berlin; left out: the machine's."),
    block: block.optional().describe('Actions that are not done meanwhile; left out: all.'),
  })
  .transform(
    (given): MaintenanceWindow => ({
      name: given.name,
      text: `${given.cron}, ${given.lasts.text}, ${given.tz ?? "the machine's time zone"}`,
      lastsSeconds: given.lasts.seconds,
      blocks: given.block ?? [],
      nextBeginning: beginningsOf(given.cron, given.tz),
    }),
  )
  .refine((one) => one.blocks.length > 0 || !isAlwaysOn(one), {
    error:
      'expected a window that ends before it begins again; in this one nothing would ever be done: give it a shorter lasts, or write mode: dry-run',
    path: ['lasts'],
  });

/**
 * The first beginning after a moment.
 *
 * A time that does not exist on the day when clocks are set forward is taken at the first that does, and one that
 * comes twice when they are set back at the first of both; patterns with `*` or `/` in minute or hour mean every one
 * that there is. Throws an Error if it is no pattern.
 */
function beginningsOf(pattern: string, timezone: string | undefined): MaintenanceWindow['nextBeginning'] {
  const found = new Cron(pattern.trim(), {
    paused: true,
    mode: '5-part',
    fixedTimeRule: 'no-wildcard',
    ...(timezone === undefined ? {} : { timezone }),
  });
  return (after) => found.nextRun(after) ?? undefined;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Stretches of time in which some actions are not done. */
export const windows = z
  .array(window, { error: 'expected a list of windows, each with name, cron and lasts' })
  .max(64, { error: 'expected at most 64 windows' })
  .describe('Stretches of time, coming again and again, in which some actions are not done.');
