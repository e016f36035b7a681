import * as z from 'zod';

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Longer than anybody means; keeps sums of times within what a date can hold. */
const LONGEST_SECONDS = 520 * 604_800;

const DURATION = /^(?:\d+(?:ms|[smhdw]))+$/;

/** Seconds of a duration as Prometheus writes it (`30s`, `1h30m`), or undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+)(ms|[smhdw])/g)) {
    seconds += Number(amount) * (SECONDS[unit] ?? Number.NaN);
  }
  return seconds;
}

/** A duration in the configuration; seconds in the program. */
export const duration = z
  .string({ error: 'expected a duration such as 30s, 5m or 1h' })
  .transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds !== undefined && seconds <= LONGEST_SECONDS) return seconds;
    const message =
      seconds === undefined
        ? 'expected a duration such as 30s, 5m or 1h'
        : 'expected a duration of at most 520w, which is ten years';
    context.issues.push({ code: 'custom', message, input: text });
    return z.NEVER;
  })
  .meta({ pattern: DURATION.source });
