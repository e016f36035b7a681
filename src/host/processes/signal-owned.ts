import { constants } from 'node:fs';
import { messageOf } from '../../domain/errors.ts';
import { type FoundProcess, isStillThere } from './pid-file.ts';
import { readProcessNames } from './process-names.ts';

/** A signal to the process that a pid file names. */
export interface OwnedSignal {
  readonly pidFile: string;
  readonly process: FoundProcess;
  readonly signal: NodeJS.Signals;
  readonly procfs: string;
}

/**
 * Sends a signal to the process of a pid file; gives why it did not, or undefined.
 *
 * Whoever may write a pid file could name any process, and set its times so that it looks true. So root's word
 * counts, fettle's own, and that of the user whose process it is; of the file that the pid was read from, not of
 * whatever has its name by now. The process is looked at once more right before, as it may have ended, and its pid
 * been given away.
 */
export function signalOwned(order: OwnedSignal): string | undefined {
  const { pidFile, process: found, signal, procfs } = order;
  const { uid: owner, gid, mode } = found.file;
  if (mode & constants.S_IWOTH) return `everybody may write ${pidFile}; mend it with: chmod o-w ${pidFile}`;
  if (mode & constants.S_IWGRP && ![0, process.getegid?.()].includes(gid)) {
    return `group ${gid} may write ${pidFile}; mend it with: chmod g-w ${pidFile}`;
  }
  const uid = readProcessNames(procfs, found.pid)?.uid;
  const trusted = [0, process.getuid?.(), uid];
  if (!trusted.includes(owner)) {
    return `${pidFile} belongs to user ${owner}, and process ${found.pid} to user ${uid ?? 'unknown'}`;
  }
  if (!isStillThere(procfs, found)) return undefined;
  try {
    process.kill(found.pid, signal);
    return undefined;
  } catch (thrown) {
    return `sending ${signal} to process ${found.pid}: ${messageOf(thrown)}`;
  }
}
