import type { Clock } from '../../domain/clock.ts';
import type { Log } from '../../domain/log.ts';
import { followProcess } from '../../host/programs/follow-process.ts';
import { JOURNAL_FIELDS, parseJournalLine } from './journal-line.ts';
import type { LogReader, TimedRecord } from './reader.ts';

/** What is needed to follow the kernel's log in the journal. */
export interface JournalReaderOptions {
  /** The program, and arguments that come before all others. */
  readonly journalctl: readonly string[];
  readonly onRecord: (record: TimedRecord) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly silenceMs?: number;
  readonly pauseMs?: number;
}

/** `journalctl -f` falls silent for ever when there are no inotify watches left: it is started anew, and goes on. */
const SILENCE_MS = 10 * 60_000;

/** Nobody says where the journal's old records end: they come at once, and then there is a pause. */
const PAUSE_AT_END_MS = 1000;

/**
 * Follows the kernel's log as the journal has it, from the beginning of this boot.
 *
 * It is up from the first record on, since every boot has some: a journal without any cannot be read by this user.
 */
export function startJournalReader(options: JournalReaderOptions): LogReader {
  const { journalctl, onRecord, clock, log, silenceMs = SILENCE_MS, pauseMs } = options;
  const startSeconds = clock.now().getTime() / 1000;
  let cursor: string | undefined;
  let failures = 0;
  let failing = '';
  let lastAt = 0;
  let caughtUp = false;

  function hasCaughtUp(): boolean {
    caughtUp ||= cursor !== undefined && clock.elapsedMs() - lastAt >= PAUSE_AT_END_MS;
    return caughtUp;
  }

  function take(line: string): void {
    const record = parseJournalLine(line);
    if (record === undefined) return;
    hasCaughtUp();
    lastAt = clock.elapsedMs();
    cursor = record.cursor;
    failures = 0;
    failing = '';
    onRecord({ ...record, replayed: record.seconds < startSeconds });
  }

  function argv(): readonly string[] {
    const from = cursor === undefined ? [] : [`--after-cursor=${cursor}`];
    // Without --no-tail only the last ten lines would come.
    const follow = ['-k', '-f', '--no-tail', '--no-pager', '-q', '-o', 'json'];
    return [...journalctl, ...follow, `--output-fields=${JOURNAL_FIELDS}`, ...from];
  }

  const followed = followProcess({
    argv,
    onLine: take,
    onEnd({ reason, stderr }) {
      if (reason !== 'ended by SIGTERM') failures += 1;
      // Once, not every minute; the metrics say that it goes on.
      if (failures > 0 && failing !== reason) log.warn({ reason, stderr }, 'journalctl has ended');
      failing = reason;
    },
    clock,
    silenceMs,
    ...(pauseMs === undefined ? {} : { pauseMs }),
  });

  return {
    source: 'journalctl',
    state: () => ({
      up: cursor !== undefined && failures === 0,
      hasRead: hasCaughtUp(),
      lagSeconds: undefined,
      gaps: 0,
    }),
    stop: () => followed.stop(),
  };
}
