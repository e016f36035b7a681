import type { Bus } from '../../host/bus.ts';
import { resetFailedUnit } from '../../host/systemd/systemd1.ts';

/**
 * Queues a job for a unit whose failure, if it had one, is forgotten first: one that hit its start limit is refused a
 * start until then. Throws as the job does.
 *
 * Both are sent in one write, and systemd takes them in that order. A fettle that ended between two of them would leave a
 * unit that is neither failed nor running, which no alert sees.
 */
export async function enqueueAfterResetFailed(
  bus: Bus,
  name: string,
  queue: () => Promise<string>,
  signal: AbortSignal,
): Promise<string> {
  // A unit that systemd has dropped from memory has no failure to forget; what else goes wrong shows in the job.
  resetFailedUnit(bus, name, signal).catch(() => undefined);
  return await queue();
}
