import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { JournalMessage, JournalQuestion } from '../../../src/domain/journal.ts';
import type { Journalctl } from '../../../src/sources/journal/journalctl.ts';
import { readMessages } from '../../../src/sources/journal/messages.ts';
import { cursorOf, lineOf, OTHER_ROW } from './a-line.ts';

const ALL: JournalQuestion = {
  units: ['a.service'],
  user: undefined,
  sinceSeconds: undefined,
  atLeast: undefined,
  lines: undefined,
  follow: false,
};

/** A journalctl that runs one of these for the newest message, for what is past, and to follow. */
function fakeJournalctl({ head = '', past = '', next = '' }): Journalctl {
  const script = `case "$*" in *--lines=1*) ${head};; *--follow*) ${next};; *) ${past};; esac`;
  return ['/bin/sh', '-c', script, 'journalctl'];
}

const print = (...lines: readonly string[]) => lines.map((line) => `echo '${line}'`).join('; ');
const signal = () => new AbortController().signal;
const numbersOf = (messages: readonly JournalMessage[]) => messages.map(({ seconds }) => seconds - 1700);

describe('readMessages', () => {
  it('waits for whoever takes them, for longer than journalctl may be silent', async () => {
    const journalctl = fakeJournalctl({ past: `${print(lineOf(1))}; sleep 0.5; ${print(lineOf(2))}` });
    const taken: number[] = [];
    const take = async (messages: readonly JournalMessage[]) => {
      taken.push(...numbersOf(messages));
      await sleep(1000);
    };
    const limits = { timeoutMs: 250, killAfterMs: 1000, capBytes: 2 ** 20 };
    const answered = await readMessages(journalctl, ALL, take, signal(), limits);
    expect({ taken, messages: answered.messages }).toEqual({ taken: [1, 2], messages: 2 });
    const silent = fakeJournalctl({ past: 'exec sleep 60' });
    await expect(readMessages(silent, ALL, take, signal(), limits)).rejects.toMatchObject({
      code: 'timeout',
    });
  });

  it('follows with each message once, also those of users, which have a row of numbers of their own', async () => {
    const ofUser = (number: number) => lineOf(number, { __CURSOR: cursorOf(number, { row: OTHER_ROW }) });
    const journalctl = fakeJournalctl({
      head: print(lineOf(7)),
      // 8 and 9 have come since the end was looked up.
      past: print(lineOf(2), ofUser(3), ofUser(5), lineOf(7), ofUser(8), lineOf(9)),
      next: print(lineOf(7), ofUser(8), lineOf(9), ofUser(10)),
    });
    const taken: number[] = [];
    const question = { ...ALL, follow: true };
    await readMessages(journalctl, question, (messages) => void taken.push(...numbersOf(messages)), signal());
    expect(taken).toEqual([2, 3, 5, 7, 8, 9, 10]);
  });

  it('follows from the end of what this user may see', async () => {
    const hint = "echo 'Hint: You are currently not seeing messages from other users and the system.' >&2";
    const journalctl = fakeJournalctl({
      head: `${hint}; ${print(lineOf(2))}`,
      past: `${hint}; ${print(lineOf(2))}`,
      next: `${hint}; ${print(lineOf(1), lineOf(2), lineOf(3))}`,
    });
    const taken: number[] = [];
    const take = (messages: readonly JournalMessage[]) => void taken.push(...numbersOf(messages));
    const answered = await readMessages(journalctl, { ...ALL, follow: true }, take, signal());
    expect({ taken, isPartial: answered.isPartial }).toEqual({ taken: [2, 3], isPartial: true });
  });

  it('follows from the beginning of a journal that was empty', async () => {
    const journalctl = fakeJournalctl({ past: print(lineOf(1)), next: print(lineOf(1), lineOf(2)) });
    const taken: number[] = [];
    const take = (messages: readonly JournalMessage[]) => void taken.push(...numbersOf(messages));
    await readMessages(journalctl, { ...ALL, follow: true }, take, signal());
    expect(taken).toEqual([1, 2]);
  });
});
