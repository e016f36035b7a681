import { messageOf } from '../domain/errors.ts';
import { ownerAt } from './look-at.ts';
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
 * counts, fettle's own, and that of the user whose process it is. The process is looked at once more right before, as
 * it may have ended, and its pid been given away.
 */
export async function signalOwned(order: OwnedSignal): Promise<string | undefined> {
  const { pidFile, process: found, signal, procfs } = order;
  const owner = await ownerAt(pidFile);
  if (owner === undefined) return `who may write ${pidFile} cannot be known`;
  if (owner.worldWritable) return `everybody may write ${pidFile}; mend it with: chmod o-w ${pidFile}`;
  const uid = readProcessNames(procfs, found.pid)?.uid;
  const trusted = [0, process.getuid?.(), uid];
  if (!trusted.includes(owner.uid)) {
    return `${pidFile} belongs to user ${owner.uid}, and process ${found.pid} to user ${uid ?? 'unknown'}`;
  }
  if (!isStillThere(procfs, found)) return undefined;
  try {
    process.kill(found.pid, signal);
    return undefined;
  } catch (thrown) {
    return `sending ${signal} to process ${found.pid}: ${messageOf(thrown)}`;
  }
}
