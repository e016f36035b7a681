import type { JournalMessage, JournalQuestion } from '../domain/journal.ts';
import { readUserNames } from '../host/processes/user-names.ts';
import { type Answered, readMessages, readUserUnits } from '../sources/journal/messages.ts';

const JOURNALCTL = ['journalctl'] as const;

/** Names of this machine's users by number; empty where nobody knows. */
export async function usersByNumber(): Promise<ReadonlyMap<number, string>> {
  return await readUserNames().catch(() => new Map<number, string>());
}

/** Hands over the messages that are asked for, as `readMessages` does it. */
export async function showMessages(
  question: JournalQuestion,
  onMessages: (messages: readonly JournalMessage[]) => void | Promise<void>,
  signal: AbortSignal,
): Promise<Answered> {
  return await readMessages(JOURNALCTL, question, onMessages, signal);
}

/** The units of users' managers that have ever written to the journal. */
export async function knownUserUnits(signal: AbortSignal): Promise<readonly string[]> {
  return await readUserUnits(JOURNALCTL, signal);
}
