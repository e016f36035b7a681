import type { Clock } from '../../domain/clock.ts';
import { messageOf } from '../../domain/errors.ts';
import type { KernelEvent, KernelLogReading, KernelNotice, UnitOwner } from '../../domain/kernel-log.ts';
import type { Log } from '../../domain/log.ts';
import type { Kmsg } from '../../host/kmsg.ts';
import { createBursts } from './bursts.ts';
import { cleanText } from './clean.ts';
import { createEventReader } from './events.ts';
import { startJournalReader } from './journal-reader.ts';
import { startKmsgReader } from './kmsg-reader.ts';
import { systemUnitOf } from './oom.ts';
import type { LogReader, TimedRecord } from './reader.ts';
import { createTally, type KnownGpu } from './tally.ts';

/** What is needed to follow the kernel's log. */
export interface KernelLogOptions {
  /** Opens `/dev/kmsg`; a Failure means that the journal is read instead. */
  readonly openKmsg: () => Kmsg;
  /** The program to read the journal with, and arguments that come before all others; `journalctl` alone mostly. */
  readonly journalctl: readonly string[];
  /** GPUs that are known by now. */
  readonly gpus: () => readonly KnownGpu[];
  /** The unit of a process that is running, or was some seconds ago. */
  readonly unitOfPid: (pid: number) => UnitOwner | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Follows the kernel's log in the background. */
export interface KernelLog {
  /** What it has told by now; never waits. */
  read(): KernelLogReading;
  /** Tells of every event, less those of a burst. Those of before the start come first, marked as such. */
  onEvent(listener: (notice: KernelNotice) => void): void;
  /** Resolves when nothing of it is left, within 5 s. */
  stop(): Promise<void>;
}

/**
 * Starts to follow the kernel's log: `/dev/kmsg`, or the journal where that cannot be read.
 *
 * All that the log still has of this boot is read first, so that counters are those of the boot. Listeners that are
 * added at once hear all of it.
 */
export function startKernelLog(options: KernelLogOptions): KernelLog {
  const { unitOfPid, clock, log } = options;
  const tally = createTally(options.gpus);
  const readEvent = createEventReader();
  const burstOf = createBursts();
  const listeners: ((notice: KernelNotice) => void)[] = [];

  function onRecord(record: TimedRecord): void {
    const event = readEvent(record);
    if (event === undefined) return;
    const unit = unitOf(event, record.replayed);
    tally.add(event, record.seconds, unit);
    if (event.kind === 'gpu-identified') return;
    const collapsed = burstOf(event, record.seconds);
    if (collapsed !== undefined) tell(noticeOf(event, record, { unit, collapsed }));
  }

  function noticeOf(
    event: KernelEvent,
    record: TimedRecord,
    about: Pick<KernelNotice, 'unit' | 'collapsed'>,
  ): KernelNotice {
    const { seconds, replayed, text } = record;
    return {
      event,
      seconds,
      replayed,
      uuid: 'pciBusId' in event ? tally.uuidOf(event.pciBusId) : '',
      ...about,
      text: cleanText(text),
    };
  }

  function unitOf(event: KernelEvent, replayed: boolean): UnitOwner | undefined {
    if (event.kind === 'oom-kill') {
      const unit = systemUnitOf(event.cgroup);
      return unit === undefined ? undefined : { unit, user: undefined };
    }
    // The pid of long ago may be somebody else's by now.
    if (event.kind !== 'xid' || event.pid === undefined || replayed) return undefined;
    try {
      const owner = unitOfPid(event.pid);
      return owner?.unit === '' ? undefined : owner;
    } catch {
      return undefined;
    }
  }

  function tell(notice: KernelNotice): void {
    for (const listener of listeners) {
      try {
        listener(notice);
      } catch (thrown) {
        log.error({ err: messageOf(thrown) }, 'listener to the kernel log failed');
      }
    }
  }

  const reader = startReader(options, onRecord, clock, log);
  return {
    read() {
      const { hasRead, ...state } = reader.state();
      return { source: reader.source, ...state, counts: hasRead ? tally.counts() : undefined };
    },
    onEvent: (listener) => void listeners.push(listener),
    stop: () => reader.stop(),
  };
}

function startReader(
  { openKmsg, journalctl }: KernelLogOptions,
  onRecord: (record: TimedRecord) => void,
  clock: Clock,
  log: Log,
): LogReader {
  try {
    return startKmsgReader({ kmsg: openKmsg(), reopen: openKmsg, onRecord, clock, log });
  } catch (thrown) {
    log.info({ reason: messageOf(thrown) }, 'kernel log is read from the journal');
    return startJournalReader({ journalctl, onRecord, clock, log });
  }
}
