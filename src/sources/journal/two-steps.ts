import { isProvenAfter, isReadBy, type JournalPlace } from './cursor.ts';

/** Which messages to show where the journal is read twice: up to its end, and from there on. Each is shown once. */
export interface TwoSteps {
  /** Whether to show what the first step has found. */
  isPast(place: JournalPlace | undefined): boolean;
  /** Whether to show what the second step has found. */
  isNew(place: JournalPlace | undefined): boolean;
}

/** So many messages are remembered, some 10 MiB of them. */
const MOST_REMEMBERED = 65_536;

/**
 * Decides by the newest message that there was before the first step; undefined if there was none: all are new.
 *
 * Users' services write to a journal of their own where it is kept on the disk, whose numbers tell nothing of those of
 * the system. So the first step shows what may be older, and the second leaves out what was shown.
 */
export function createTwoSteps(end: JournalPlace | undefined): TwoSteps {
  const shown = new Set<string>();

  function remember({ row, identity }: JournalPlace): void {
    // In the row of the end its number tells.
    if (row === end?.row) return;
    shown.add(identity);
    // The newest are what may come again.
    if (shown.size > MOST_REMEMBERED) for (const oldest of shown) return void shown.delete(oldest);
  }

  return {
    isPast(place) {
      if (end === undefined || place === undefined || isProvenAfter(place, end)) return false;
      remember(place);
      return true;
    },
    isNew: (place) =>
      place === undefined || end === undefined || !(isReadBy(place, end) || shown.has(place.identity)),
  };
}
