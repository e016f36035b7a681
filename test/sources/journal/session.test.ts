import { describe, expect, it } from 'vitest';
import type { JournalRule } from '../../../src/domain/journal.ts';
import { parseCursor } from '../../../src/sources/journal/cursor.ts';
import { parseSaved, type SavedState, savedText } from '../../../src/sources/journal/saved.ts';
import { createSession, type Session } from '../../../src/sources/journal/session.ts';
import { cursorOf, lineOf, OTHER_ROW } from './a-line.ts';
import { required } from './journal-lab.ts';

/** Message number N is of second 1700 + N. */
const START_SECONDS = 1800;

interface Begin {
  readonly saved?: SavedState | undefined;
  readonly head?: number;
  readonly rules?: readonly JournalRule[];
  /** Whether journalctl is started again when it has left something out. */
  readonly again?: () => boolean;
}

function begun({ saved, head, rules = [], again = () => false }: Begin): Session {
  const session = createSession({
    rules,
    userName: (uid) => `user-${uid}`,
    saved,
    head: head === undefined ? undefined : parseCursor(cursorOf(head)),
    onLeftOut: again,
    clock: {
      now: () => new Date(START_SECONDS * 1000),
      elapsedMs: () => 0,
      sleep: async () => undefined,
    },
  });
  session.start();
  return session;
}

function take(session: Session, ...numbers: readonly number[]): void {
  for (const number of numbers) session.take(lineOf(number));
}

/** What lasts, as it is read from the file. */
function lasting(session: Session, stopped: boolean): SavedState {
  return required(parseSaved(savedText(required(session.save(stopped)))));
}

const messages = (session: Session) =>
  session
    .counts()
    ?.units.flatMap(({ priorities }) => priorities)
    .map((one) => one.messages);

describe('a session', () => {
  it('counts what comes after the end of the journal, and that only once', () => {
    const session = begun({ head: 3 });
    take(session, 3, 4, 5);
    session.start();
    take(session, 5, 6);
    expect(session.counts()).toEqual({
      units: [
        {
          unit: 'a.service',
          user: undefined,
          priorities: [{ priority: 'info', messages: 3, bytes: 27 }],
        },
      ],
      rules: [],
      gaps: 0,
      dropped: { malformed: 0, too_long: 0, missed: 0 },
    });
  });

  it('counts all of a journal that was empty', () => {
    const session = begun({});
    take(session, 1, 2);
    expect(messages(session)).toEqual([2]);
  });

  it('goes on where it was stopped, and shows that at once if nothing has come since', () => {
    const before = begun({ head: 3 });
    take(before, 3, 4, 5);
    const after = begun({ saved: lasting(before, true), head: 5 });
    expect(messages(after)).toEqual([2]);
    take(after, 5, 6, 7, 8);
    expect(messages(after)).toEqual([5]);
    expect(messages(begun({ saved: lasting(before, true) }))).toEqual([2]);
  });

  it('never goes back where a crashed fettle had no room to save that it had started', () => {
    const before = begun({ head: 3 });
    take(before, 3, 4, 5);
    const saved = lasting(before, true);
    const crashed = begun({ saved, head: 6 });
    take(crashed, 5, 6, 7, 8);
    expect(messages(crashed)).toEqual([5]);
    // What it wished to save has not come to the disk.
    const after = begun({ saved, head: 8 });
    expect(after.counts()).toBeUndefined();
    take(after, 5, 6, 7);
    expect(after.counts()).toBeUndefined();
    take(after, 8);
    expect(messages(after)).toEqual([5]);
  });

  it('may be stopped while it has shown nothing since it was stopped', () => {
    const before = begun({ head: 3 });
    take(before, 3, 4, 5);
    const after = begun({ saved: lasting(before, true), head: 8 });
    take(after, 5, 6);
    expect(after.counts()).toBeUndefined();
    const saved = lasting(after, true);
    expect(saved.stopped).toBe(true);
    const last = begun({ saved, head: 20 });
    take(last, 9, 20);
    expect(messages(last)).toEqual([5]);
    expect(last.counts()).toMatchObject({ gaps: 2 });
  });

  it('shows nothing after a crash until it has read what was there when it started', () => {
    const before = begun({ head: 3 });
    take(before, 3, 4, 5);
    const after = begun({ saved: lasting(before, false), head: 8 });
    take(after, 5, 6, 7);
    expect(after.counts()).toBeUndefined();
    // Stopped now, what it has is still less than what was shown.
    expect(lasting(after, true).stopped).toBe(false);
    take(after, 8);
    expect(messages(after)).toEqual([5]);
    expect(lasting(after, true).stopped).toBe(true);
  });

  it('shows counts after a crash once it reads what was written since, should that be gone', () => {
    const before = begun({ head: 3 });
    take(before, 3, 4);
    const after = begun({ saved: lasting(before, false), head: 200 });
    take(after, 4, 5);
    expect(after.counts()).toBeUndefined();
    take(after, 100);
    expect(after.counts()).toBeDefined();
  });

  it('goes on over a gap when it was stopped, and begins anew over one after a crash', () => {
    const before = begun({ head: 3 });
    take(before, 3, 4, 5);
    const stopped = begun({ saved: lasting(before, true), head: 11 });
    take(stopped, 10, 11);
    expect(messages(stopped)).toEqual([4]);
    expect(stopped.counts()).toMatchObject({ gaps: 1, dropped: { missed: 4 } });
    const crashed = begun({ saved: lasting(before, false), head: 11 });
    take(crashed, 10, 11);
    expect(messages(crashed)).toEqual([2]);
    expect(crashed.counts()).toMatchObject({ gaps: 1, dropped: { missed: 4 } });
  });

  it('takes lines that it cannot take for no gap', () => {
    const session = begun({ head: 3 });
    take(session, 3, 4);
    session.take(undefined);
    session.take('{"__CURSOR":');
    take(session, 7);
    expect(session.counts()).toMatchObject({
      gaps: 0,
      dropped: { malformed: 1, too_long: 1, missed: 0 },
    });
    session.take(undefined);
    take(session, 10);
    expect(session.counts()).toMatchObject({ gaps: 1, dropped: { missed: 1 } });
  });

  it('asks again for what journalctl has left out, and once only', () => {
    let asked = 0;
    const again = () => {
      asked += 1;
      return true;
    };
    const session = begun({ head: 3, again });
    take(session, 3, 4, 6, 7);
    // What comes of a journalctl that is about to end is not looked at.
    expect([asked, messages(session)]).toEqual([1, [1]]);
    session.start();
    take(session, 4, 5, 6);
    expect([asked, messages(session)]).toEqual([1, [3]]);
    take(session, 9);
    session.start();
    take(session, 6, 9);
    expect([asked, messages(session)]).toEqual([2, [4]]);
    expect(session.counts()).toMatchObject({ gaps: 1, dropped: { missed: 2 } });
  });

  it('takes numbers for no gap that another row has left out, once it has looked again', () => {
    const again = () => true;
    const session = begun({ head: 3, again });
    const other = (number: number) => lineOf(number, { __CURSOR: cursorOf(number, { row: OTHER_ROW }) });
    take(session, 3, 4);
    session.take(other(78));
    session.start();
    take(session, 4);
    for (const line of [other(78), lineOf(5), other(79), lineOf(6)]) session.take(line);
    expect(messages(session)).toEqual([5]);
    expect(session.counts()).toMatchObject({ gaps: 0, dropped: { missed: 0 } });
  });

  it('tells lines that it cannot take once, also if they come again', () => {
    const session = begun({ head: 3, again: () => true });
    take(session, 3, 4);
    session.take(undefined);
    take(session, 7);
    session.start();
    take(session, 4);
    session.take(undefined);
    take(session, 6, 7);
    expect(messages(session)).toEqual([3]);
    expect(session.counts()).toMatchObject({ gaps: 0, dropped: { too_long: 1, missed: 0 } });
  });

  it('knows how far it is behind', () => {
    const session = begun({ head: 3 });
    expect([session.lagSeconds(), session.ageSeconds()]).toEqual([undefined, undefined]);
    take(session, 3, 40);
    expect([session.lagSeconds(), session.ageSeconds()]).toEqual([60, 60]);
  });

  it('has nothing to save before the first message', () => {
    expect(begun({}).save(false)).toBeUndefined();
  });

  it('names users, and tells their units from those of the system', () => {
    const session = begun({});
    session.take(lineOf(1));
    session.take(lineOf(2, { _SYSTEMD_UNIT: 'user@7.service', _SYSTEMD_USER_UNIT: 'a.service' }));
    expect(session.counts()?.units.map(({ unit, user }) => [unit, user])).toEqual([
      ['a.service', undefined],
      ['a.service', 'user-7'],
    ]);
    const after = begun({ saved: lasting(session, true) });
    expect(after.counts()).toEqual(session.counts());
  });
});
