/** Below this a terminal is only busy with being painted. */
const SHORTEST_SECONDS = 0.1;

const LONGEST_SECONDS = 86_400;

const USUAL_SECONDS = 2;

/** What people are told of an interval that makes no sense. */
export const INTERVAL_PROBLEM = '--interval: expected a duration from 100ms to 1d, such as 5s';

/** Seconds between two paints, or undefined if the text is no duration that makes sense. */
export async function parseInterval(text: string | undefined): Promise<number | undefined> {
  if (text === undefined) return USUAL_SECONDS;
  // Only now: it loads the schema library, which takes as long as all the rest of this command.
  const { parseDuration } = await import('../../config/duration.ts');
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds < SHORTEST_SECONDS || seconds > LONGEST_SECONDS) return undefined;
  return seconds;
}
