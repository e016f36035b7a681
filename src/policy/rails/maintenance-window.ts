import type { MaintenanceWindow } from '../../domain/policy.ts';
import type { Step } from '../../domain/step.ts';
import type { Rail } from '../rail.ts';

/** Windows that follow upon one another without a gap are followed so far; those that go on have no known end. */
const FOLLOWED_WINDOWS = 1000;

/** In a maintenance window nothing is done that it forbids. */
export const maintenanceWindow: Rail = {
  name: 'maintenance-window',
  check({ step }, { now, settings }) {
    const windows = settings.windows.filter((window) => blocks(window, step));
    const on = windows.filter((window) => endIfOn(window, now) !== undefined);
    if (on.length === 0) return undefined;
    const reason = on.map(({ name, text }) => `in the maintenance window ${name} (${text})`).join('; ');
    const retryAt = endOfAll(windows, now);
    return retryAt === undefined ? { reason } : { reason, retryAt };
  },
};

function blocks({ blocks: forbidden }: MaintenanceWindow, step: Step): boolean {
  if (forbidden.length === 0 || forbidden.includes(step.action)) return true;
  return step.action === 'run' && step.followUp !== undefined && forbidden.includes(step.followUp);
}

/** When a window that is on at a moment ends; undefined if it is not on. Its length is of real time, not of the clock's. */
function endIfOn({ lastsSeconds, nextBeginning }: MaintenanceWindow, at: Date): Date | undefined {
  const lastsMs = lastsSeconds * 1000;
  // Whatever began later than this is not over yet.
  const begin = nextBeginning(new Date(at.getTime() - lastsMs));
  if (begin === undefined || begin.getTime() > at.getTime()) return undefined;
  const end = new Date(begin.getTime() + lastsMs);
  return end.getTime() > at.getTime() ? end : undefined;
}

/** The first moment at which none of them is on. */
function endOfAll(windows: readonly MaintenanceWindow[], from: Date): Date | undefined {
  let at = from;
  for (let followed = 0; followed < FOLLOWED_WINDOWS; followed++) {
    const ends = windows.flatMap((window) => endIfOn(window, at)?.getTime() ?? []);
    if (ends.length === 0) return at;
    at = new Date(Math.max(...ends));
  }
  return undefined;
}
