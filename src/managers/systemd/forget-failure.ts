import { type Bus, BusFault } from '../../host/bus.ts';
import { resetFailedUnit } from '../../host/systemd/systemd1.ts';

/** Forgets that a unit failed, if it did: one that hit its start limit is refused a start until then. */
export async function forgetFailure(bus: Bus, name: string, signal: AbortSignal): Promise<void> {
  try {
    await resetFailedUnit(bus, name, signal);
  } catch (thrown) {
    // A unit that systemd has dropped from memory has no failure to forget.
    if (!(thrown instanceof BusFault) || !thrown.errorName.endsWith('.NoSuchUnit')) throw thrown;
  }
}
