import type { Clock } from '../../domain/clock.ts';
import { messageOf } from '../../domain/errors.ts';
import type { JournalReading, JournalRule } from '../../domain/journal.ts';
import type { Log } from '../../domain/log.ts';
import type { StateFile } from '../../host/files/state-file.ts';
import type { JournalPlace } from './cursor.ts';
import { type Follower, startFollower } from './follower.ts';
import { isRefusal, type Journalctl, readHead, reasonOf } from './journalctl.ts';
import { openSaved, type Saved } from './saved-file.ts';
import { createSession, type Session } from './session.ts';
import { watchSilence } from './watchdog.ts';

/** What is needed to follow the journal. */
export interface JournalOptions {
  readonly journalctl: Journalctl;
  readonly rules: readonly JournalRule[];
  /** A user's name by number. */
  readonly userName: (uid: number) => string;
  /** Opens what lasts beyond a restart. */
  readonly openState: () => Promise<StateFile>;
  readonly clock: Clock;
  readonly log: Log;
  /** Shorter in tests. */
  readonly pauses?: Partial<JournalPauses>;
}

/** How long is waited, in milliseconds. */
export interface JournalPauses {
  readonly saveEveryMs: number;
  readonly watchEveryMs: number;
  readonly askAgainMs: number;
  readonly restartMs: number;
}

/** Follows the journal in the background. */
export interface Journal {
  /** What it has told by now; undefined where there is no journal, or nobody knows yet. Never waits. */
  read(): JournalReading | undefined;
  /** Resolves when nothing of it is left, and all that was counted is on the disk. */
  stop(): Promise<void>;
}

const PAUSES: JournalPauses = {
  saveEveryMs: 10_000,
  watchEveryMs: 60_000,
  askAgainMs: 60_000,
  restartMs: 1000,
};

/** journalctl is not started again more often because of messages that it has left out. */
const AGAIN_EVERY_MS = 2000;

/** Nothing was heard for so long: that was the last message there is. */
const QUIET_MS = 1000;

const NOT_ALLOWED =
  'the journal cannot be read: fettle must be root or in the group systemd-journal (SupplementaryGroups=)';

/** Why it is not read; `up` while it is. */
type State = 'unknown' | 'absent' | 'up' | 'down';

/**
 * Starts to count the messages of the journal, where counting was left; the first time at its end.
 *
 * How far it was read and what was counted up to there are saved together, so that each message is counted once, also
 * after a crash.
 */
export function startJournal(options: JournalOptions): Journal {
  const { journalctl, rules, userName, clock, log } = options;
  const pauses = { ...PAUSES, ...options.pauses };
  const stopping = new AbortController();
  const { signal } = stopping;
  let state: State = 'unknown';
  let told = '';
  let isBehind = false;
  let lastAgainAt = Number.NEGATIVE_INFINITY;
  let session: Session | undefined;
  let follower: Follower | undefined;

  /** Once, not every minute; the metrics say that it goes on. */
  function fail(reason: string, message: string): void {
    state = 'down';
    if (told !== reason) log.warn({ reason }, message);
    told = reason;
  }

  /** The newest message, once the journal can be read; `absent` where there is none. */
  async function findHead(): Promise<JournalPlace | undefined | 'absent'> {
    while (true) {
      const head = await readHead(journalctl, signal);
      if (signal.aborted || head.kind === 'missing') return 'absent';
      if (head.kind === 'entry') return head.place;
      if (head.kind === 'empty') return undefined;
      fail(head.reason, head.kind === 'refused' ? NOT_ALLOWED : 'the journal cannot be read');
      await clock.sleep(pauses.askAgainMs, signal).catch(() => undefined);
    }
  }

  function follow(counting: Session): Follower {
    return startFollower({
      journalctl,
      cursor: () => counting.place()?.cursor,
      onStart: counting.start,
      onLine(line) {
        counting.take(line);
        state = 'up';
        isBehind = false;
      },
      onEnd(end) {
        if (end.stopped !== 'caller') {
          fail(
            reasonOf(end),
            isRefusal(end.stderr) ? NOT_ALLOWED : 'journalctl has ended; it is started again',
          );
        }
      },
      clock,
      pauseMs: pauses.restartMs,
    });
  }

  function onBehind(): void {
    if (!isBehind) {
      log.warn({}, 'journalctl has fallen silent, as it does without inotify watches; it is started again');
    }
    isBehind = true;
    follower?.restart();
  }

  function onLeftOut(): boolean {
    const now = clock.elapsedMs();
    if (follower === undefined || now - lastAgainAt < AGAIN_EVERY_MS) return false;
    lastAgainAt = now;
    follower.restart();
    return true;
  }

  async function readUntilStopped(saved: Saved, head: JournalPlace | undefined): Promise<void> {
    const { found } = saved;
    const counting = createSession({ rules, userName, saved: found, head, onLeftOut, clock });
    const following = follow(counting);
    session = counting;
    follower = following;
    state = 'up';
    watchSilence({
      readHead: () => readHead(journalctl, signal),
      last: counting.place,
      heardAt: following.heardAt,
      onBehind,
      everyMs: pauses.watchEveryMs,
      clock,
      signal,
    });
    while (!signal.aborted) {
      // At once too: from now on it was not stopped.
      await saved.save(counting.save(false));
      await clock.sleep(pauses.saveEveryMs, signal).catch(() => undefined);
    }
    await following.stop();
    await saved.save(counting.save(true));
  }

  async function run(): Promise<void> {
    const head = await findHead();
    if (head === 'absent') {
      state = 'absent';
      if (!signal.aborted) log.info({}, 'there is no journalctl: the journal is not read');
      return;
    }
    const saved = await openSaved(options.openState, log);
    try {
      await readUntilStopped(saved, head);
    } finally {
      await saved.close();
    }
  }

  function lagSeconds(): number | undefined {
    if (state !== 'up' || session === undefined || follower === undefined) return undefined;
    if (isBehind) return session.ageSeconds();
    return clock.elapsedMs() - follower.heardAt() >= QUIET_MS ? 0 : session.lagSeconds();
  }

  const done = run().catch((thrown: unknown) => {
    state = 'down';
    log.error({ err: messageOf(thrown) }, 'reading the journal has failed');
  });
  return {
    read: () =>
      state === 'unknown' || state === 'absent'
        ? undefined
        : {
            up: state === 'up',
            lagSeconds: lagSeconds(),
            restarts: Math.max(0, (follower?.starts() ?? 1) - 1),
            counts: session?.counts(),
          },
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
