import * as z from 'zod';
import type { RateLimit } from '../../domain/policy.ts';
import { parseDuration } from '../duration.ts';

const EXPECTED = 'expected a limit such as "3 per 1h"';

/** Longer than anybody means, and still within what a date can hold. */
const LONGEST_SECONDS = 520 * 604_800;

/** More attempts at one unit are not remembered. */
const MOST = 200;

const limit = z.string({ error: EXPECTED }).transform((text, context): RateLimit => {
  const [, number = '', span = ''] = /^(\d{1,6}) per (\S+)$/.exec(text.trim()) ?? [];
  const count = Number(number);
  const windowSeconds = parseDuration(span) ?? 0;
  if (number !== '' && count === 0) {
    const message = 'expected at least 1; a policy that is to do nothing has mode: dry-run';
    context.issues.push({ code: 'custom', message, input: text });
    return z.NEVER;
  }
  if (count > MOST) {
    const message = `expected at most ${MOST}; more attempts are not remembered`;
    context.issues.push({ code: 'custom', message, input: text });
    return z.NEVER;
  }
  if (windowSeconds > 0 && windowSeconds <= LONGEST_SECONDS) return { count, windowSeconds };
  context.issues.push({ code: 'custom', message: EXPECTED, input: text });
  return z.NEVER;
});

/** How often something may be done, all of which must hold. */
export const limits = z
  .array(limit, { error: 'expected a list of limits such as ["3 per 1h", "10 per 24h"]' })
  .min(1, { error: 'expected at least one limit; leave limits out for the usual ones' })
  .max(16, { error: 'expected at most 16 limits' })
  .describe(
    'At most so many repairs within any stretch of time of that length, such as "3 per 1h". All must hold.',
  );
