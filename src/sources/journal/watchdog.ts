import type { Clock } from '../../domain/clock.ts';
import { isReadBy, type JournalPlace } from './cursor.ts';
import type { Head } from './journalctl.ts';

/** What is needed to notice that journalctl has fallen silent. */
export interface WatchOptions {
  readonly readHead: () => Promise<Head>;
  /** The message that was read last. */
  readonly last: () => JournalPlace | undefined;
  /** When something was last heard of journalctl, by `clock.elapsedMs`. */
  readonly heardAt: () => number;
  readonly onBehind: () => void;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What has just been written is on its way. */
const ON_ITS_WAY_MS = 2000;

/**
 * Looks, while nothing is heard, whether the journal has gone on: `journalctl --follow` falls silent for ever when
 * there are no inotify watches left. Goes on until the signal is given; a look costs one journalctl.
 */
export function watchSilence(options: WatchOptions): void {
  const { clock, everyMs, heardAt, signal } = options;

  async function look(): Promise<void> {
    const before = heardAt();
    if (clock.elapsedMs() - before < everyMs) return;
    const head = await options.readHead();
    if (head.kind !== 'entry' || isRead(head.place)) return;
    await clock.sleep(Math.min(ON_ITS_WAY_MS, everyMs), signal).catch(() => undefined);
    if (!signal.aborted && heardAt() === before && !isRead(head.place)) options.onBehind();
  }

  function isRead(head: JournalPlace): boolean {
    const last = options.last();
    return last !== undefined && isReadBy(head, last);
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(everyMs, signal).catch(() => undefined);
      if (!signal.aborted) await look();
    }
  }

  void run();
}
