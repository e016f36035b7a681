import * as z from 'zod';

const SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
};

const NUMBER = String.raw`\d+(?:\.\d*)?|\.\d+`;
const DURATION = new RegExp(`^(?:(?:${NUMBER})(?:ns|us|µs|μs|ms|s|m|h))+$`);
const PART = new RegExp(`(${NUMBER})(ns|us|µs|μs|ms|s|m|h)`, 'g');

/** Seconds of a duration as Go writes it (`1s`, `1m30s`, `1.5h`, `0`), or undefined if it is none. */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(PART)) {
    seconds += Number(amount) * (SECONDS[unit] ?? Number.NaN);
  }
  return seconds;
}

const EXPECTED = 'expected a duration such as 1s or 100ms, or 0 for none';

/** A duration of exporter-toolkit's configuration; seconds in the program. */
export const goDuration = z
  .union([z.string(), z.literal(0)], { error: EXPECTED })
  .transform((written, context) => {
    const seconds = parseGoDuration(String(written));
    if (seconds !== undefined) return seconds;
    context.issues.push({ code: 'custom', message: EXPECTED, input: written });
    return z.NEVER;
  });
