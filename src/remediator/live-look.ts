import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import type { Denial, RepairRequest } from '../domain/repair.ts';
import { otherUnits } from '../domain/step.ts';
import { isUnitName, type Unit, type UnitRef } from '../domain/unit.ts';
import type { Looker } from './prove.ts';

/** The units of a step as they are now. */
export interface LiveUnits {
  /** Undefined if the manager has none of that name, or if the policy does not allow it. */
  readonly unit: Unit | undefined;
  /** The others that the step touches, by name as the policy writes it. */
  readonly others: ReadonlyMap<string, Unit | undefined>;
}

/** A look at the units of a step, or why they could not be looked at. */
export type LiveLook = (
  request: RepairRequest,
  signal: AbortSignal,
) => Promise<LiveUnits | { readonly denial: Denial }>;

/** How long a look is tried for: dbus-daemon is back within a second when it is killed. */
const PATIENCE_MS = 30_000;

const AGAIN_MS = 1000;

/**
 * Gives looks at live units. Only units that the policy names are looked at: whatever else a label says never reaches
 * the bus, and is refused by the rails.
 */
export function createLiveLook(look: Looker, clock: Clock): LiveLook {
  async function patiently(ref: UnitRef, signal: AbortSignal): Promise<Unit | undefined> {
    const until = clock.elapsedMs() + PATIENCE_MS;
    for (;;) {
      try {
        return await look(ref, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        if (clock.elapsedMs() > until) throw thrown;
        await clock.sleep(AGAIN_MS, signal);
      }
    }
  }

  return async ({ unit: ref, policy, step }, signal) => {
    if (!isUnitName(ref.name) || !policy.allow.includes(ref.name))
      return { unit: undefined, others: new Map() };
    try {
      const others = otherUnits(step).map(
        async (name) => [name, await patiently({ ...ref, name }, signal)] as const,
      );
      // All at once: a look that fails while another one is waited for would end fettle.
      const [unit, ...found] = await Promise.all([patiently(ref, signal), ...others]);
      return { unit, others: new Map(found) };
    } catch (thrown) {
      signal.throwIfAborted();
      return { denial: unseen(messageOf(thrown), clock.now()) };
    }
  };
}

/** The denial of a step whose unit is not known; worth asking again at once. */
export function unseen(why: string, now: Date): Denial {
  return { rail: 'inspect', reason: `the unit could not be looked at: ${why}`, retryAt: now };
}
