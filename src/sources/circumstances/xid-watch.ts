import type { KernelLogCounts, KernelNotice } from '../../domain/kernel-log.ts';
import { type KernelLogOptions, startKernelLog } from '../kernel-log/source.ts';

/** Follows the kernel's log for what matters before a repair, and as evidence. */
export interface XidWatch {
  /** What this boot's log tells by now; never waits. */
  read(): WatchedLog;
  /** The same, but right after the start it waits some seconds at most for the end of the log. */
  settled(): Promise<WatchedLog>;
  /** The last lines that matter, oldest first. */
  lines(): readonly KernelNotice[];
  /** Resolves when nothing of it is left, within 5 s. */
  stop(): Promise<void>;
}

/** The log, or why it cannot be read, in a sentence. */
export type WatchedLog =
  | { readonly known: true; readonly counts: KernelLogCounts }
  | { readonly known: false; readonly why: string };

/** Most lines that are kept. */
const MOST_LINES = 50;

/** To start journalctl and read a boot takes a second or two. */
const SETTLE_MS = 5000;
const SETTLE_EVERY_MS = 50;

const MEND = 'let fettle read /dev/kmsg (CAP_SYSLOG), or the journal (group systemd-journal)';

/** Starts to follow the log, from the first record of this boot that it still has. */
export function startXidWatch(options: Omit<KernelLogOptions, 'gpus'>): XidWatch {
  // No GPU has to be known: only Xids that have come are of interest.
  const log = startKernelLog({ ...options, gpus: () => [] });
  const notices: KernelNotice[] = [];
  log.onEvent((notice) => {
    notices.push(notice);
    if (notices.length > MOST_LINES) notices.shift();
  });
  const { clock } = options;
  const startedMs = clock.elapsedMs();

  function read(): WatchedLog {
    const { up, counts, source } = log.read();
    if (up && counts !== undefined) return { known: true, counts };
    const from = source === 'kmsg' ? '/dev/kmsg' : 'the journal';
    return {
      known: false,
      why: `the kernel's log cannot be read from ${from}, or not yet to its end; ${MEND}`,
    };
  }

  return {
    read,
    async settled() {
      while (!read().known && clock.elapsedMs() - startedMs < SETTLE_MS) await clock.sleep(SETTLE_EVERY_MS);
      return read();
    },
    lines: () => [...notices],
    stop: () => log.stop(),
  };
}
