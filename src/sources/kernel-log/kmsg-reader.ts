import type { Clock } from '../../domain/clock.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import { bootSeconds, yieldTurn } from '../../host/clock.ts';
import type { Kmsg } from '../../host/kmsg.ts';
import type { LogReader, TimedRecord } from './reader.ts';
import { type KmsgRecord, parseKmsgRecord } from './record.ts';

/** What is needed to follow `/dev/kmsg`. */
export interface KmsgReaderOptions {
  /** Already open, so that somebody else can be tried if it cannot be opened. */
  readonly kmsg: Kmsg;
  /** Opens it again after an error. */
  readonly reopen: () => Kmsg;
  readonly onRecord: (record: TimedRecord) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Node cannot wait for this device, so it is looked at so often; a look at nothing new takes some 10 µs. */
const EVERY_MS = 1000;

/** Others get their turn after so long: 10 000 records take some 80 ms. */
const SLICE_MS = 4;

const REOPEN_AFTER_MS = 10_000;

/** A log that grows as fast as it is read has no end to wait for. */
const LONGEST_REPLAY_MS = 10_000;

/** Follows `/dev/kmsg`, from the oldest record that it still has. */
export function startKmsgReader({ kmsg, reopen, onRecord, clock, log }: KmsgReaderOptions): LogReader {
  const stopping = new AbortController();
  let open: Kmsg | undefined = kmsg;
  let lastSeq: number | undefined;
  let gaps = 0;
  let replaying = true;
  const startedAt = clock.elapsedMs();
  let drainedAt: number | undefined;

  function take(record: KmsgRecord | undefined): void {
    if (record === undefined) return;
    const expected = (lastSeq ?? record.seq - 1) + 1;
    // Opened again, it begins again.
    if (record.seq < expected) return;
    if (record.seq > expected) gaps += 1;
    lastSeq = record.seq;
    const now = clock.now().getTime() / 1000;
    // The kernel's clock of records drifts: what has just come is dated by the wall clock.
    const seconds = replaying ? Math.min(now, bootSeconds() + record.sinceBoot) : now;
    onRecord({ ...record, seconds, replayed: replaying });
  }

  async function drain(file: Kmsg): Promise<void> {
    let sliceEnd = clock.elapsedMs() + SLICE_MS;
    while (!stopping.signal.aborted) {
      const read = file.read();
      if (read === 'drained') break;
      // Of a gap the sequence number of the next record tells.
      if (read !== 'overwritten') take(parseKmsgRecord(read.record));
      if (clock.elapsedMs() < sliceEnd) continue;
      await yieldTurn();
      if (clock.elapsedMs() - startedAt > LONGEST_REPLAY_MS) replaying = false;
      sliceEnd = clock.elapsedMs() + SLICE_MS;
    }
    drainedAt = clock.elapsedMs();
    replaying = false;
  }

  function fail(thrown: unknown): void {
    log.warn({ err: messageOf(thrown) }, 'kernel log could not be read');
    open?.close();
    open = undefined;
  }

  async function run(): Promise<void> {
    // Whoever has started it may want to listen first.
    await yieldTurn();
    while (!stopping.signal.aborted) {
      try {
        open ??= reopen();
        await drain(open);
      } catch (thrown) {
        fail(thrown);
      }
      const pause = open === undefined ? REOPEN_AFTER_MS : EVERY_MS;
      await clock.sleep(pause, stopping.signal).catch(() => undefined);
    }
    open?.close();
    open = undefined;
  }

  const running = run();
  return {
    source: 'kmsg',
    state: () => ({
      up: open !== undefined && lastSeq !== undefined,
      hasRead: lastSeq !== undefined && !replaying,
      lagSeconds: drainedAt === undefined ? undefined : (clock.elapsedMs() - drainedAt) / 1000,
      gaps,
    }),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
