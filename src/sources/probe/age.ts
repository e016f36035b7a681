import { ProbeFault } from '../../domain/probes/fault.ts';
import { timeWords } from './words.ts';

/** Clocks of this machine and of a file server differ by less. */
const MOST_AHEAD_SECONDS = 60;

/**
 * Seconds since something was written; 0 where that lies ahead a little, as with clocks that differ.
 *
 * Throws ProbeFault `stale` where it lies further ahead: such a file would be new for ever.
 */
export function ageOf(what: string, modifiedSeconds: number, nowSeconds: number): number {
  const age = nowSeconds - modifiedSeconds;
  if (age >= -MOST_AHEAD_SECONDS) return Math.max(0, age);
  const words = `${what} was written at a time that lies in the future, by ${timeWords(-age)}`;
  throw new ProbeFault('stale', `${words}; see whether the clocks are right, and touch the file`);
}
