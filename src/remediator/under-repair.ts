import type { PolicySet } from '../domain/policy.ts';
import type { UnitUnderRepair } from '../domain/reading.ts';
import type { Intake } from '../policy/history/intake.ts';

/**
 * For each policy and each unit that it allows, whether a repair has begun and has not come to its end.
 *
 * It begins with the first step, so an alert that rails refuse or that is only rehearsed is no repair; the waits
 * between two steps are part of it.
 */
export function unitsUnderRepair(
  { policies }: PolicySet,
  unended: readonly Pick<Intake, 'received' | 'steps'>[],
): readonly UnitUnderRepair[] {
  const begun = unended.filter(({ steps }) => steps.length > 0);
  return policies.flatMap(({ name, allow }) =>
    allow.map((unit) => ({
      policy: name,
      unit,
      isUnderWay: begun.some(({ received, steps }) => {
        const own = steps.at(-1)?.started.unit;
        return received.policy === name && (received.unit === unit || own === unit);
      }),
    })),
  );
}
