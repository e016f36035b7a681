/** A moment by the wall clock, and by the time since the machine's start, which nobody can set. */
export interface Moment {
  readonly wall: Date;
  /** Names the start of the machine. */
  readonly boot: string;
  /** Seconds since then, those asleep included. */
  readonly upSeconds: number;
}

/**
 * Seconds from one moment to a later one, never less than 0.
 *
 * Within one start of the machine the wall clock does not count, so that none of its jumps makes a wait shorter. Across
 * starts nothing else is left.
 */
export function secondsBetween(from: Moment, to: Moment): number {
  const seconds =
    from.boot === to.boot ? to.upSeconds - from.upSeconds : (to.wall.getTime() - from.wall.getTime()) / 1000;
  return Math.max(0, seconds);
}
