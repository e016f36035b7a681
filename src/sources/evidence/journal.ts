import type { JournalMessage } from '../../domain/journal.ts';
import type { Journalctl } from '../journal/journalctl.ts';
import { readMessages } from '../journal/messages.ts';
import type { UnitJournal } from './parts.ts';

/** The last messages of a unit of the system, and systemd's own about it. Throws Failure as `readMessages`. */
export async function readUnitJournal(
  journalctl: Journalctl,
  unit: string,
  lines: number,
  signal: AbortSignal,
): Promise<UnitJournal> {
  const messages: JournalMessage[] = [];
  const question = {
    units: [unit],
    user: undefined,
    sinceSeconds: undefined,
    atLeast: undefined,
    lines,
    follow: false,
  };
  const { tooLong, isPartial } = await readMessages(
    journalctl,
    question,
    (found) => void messages.push(...found),
    signal,
  );
  // Cut short, it would seem that the unit had said nothing more.
  signal.throwIfAborted();
  return { messages, tooLong, isPartial };
}
