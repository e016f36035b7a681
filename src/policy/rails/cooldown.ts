import type { Cooldown } from '../../domain/policy.ts';
import type { Attempt } from '../history.ts';
import type { Rail } from '../rail.ts';

/** After a repair the unit is left alone for a while, longer after each further one. */
export const cooldown: Rail = {
  name: 'cooldown',
  check({ policy, unit: { name } }, { now, history, unit }) {
    const attempts = history.attemptsOf(unit?.id ?? name);
    const retryAt = cooldownEnd(policy.cooldown, attempts);
    if (retryAt === undefined || retryAt.getTime() <= now.getTime()) return undefined;
    const run = runLength(policy.cooldown, attempts);
    return { reason: `repair ${run} in a row; left alone until ${retryAt.toISOString()}`, retryAt };
  },
};

/**
 * When a unit may be repaired again, or undefined if it never was.
 *
 * The wait after the n-th attempt of a run is `base * factor^(n-1)`, at most `max`; a pause of at least
 * `resetAfter` between two attempts begins a new run. Attempts are in order of time.
 */
export function cooldownEnd(rule: Cooldown, attempts: readonly Attempt[]): Date | undefined {
  const last = attempts.at(-1);
  if (last === undefined) return undefined;
  const wait = rule.baseSeconds * rule.factor ** (runLength(rule, attempts) - 1);
  return new Date(last.endedAt.getTime() + Math.min(wait, rule.maxSeconds) * 1000);
}

function runLength(rule: Cooldown, attempts: readonly Attempt[]): number {
  let length = 1;
  for (let i = attempts.length - 1; i > 0; i--) {
    const later = attempts[i];
    const earlier = attempts[i - 1];
    if (later === undefined || earlier === undefined) break;
    if (later.startedAt.getTime() - earlier.endedAt.getTime() >= rule.resetAfterSeconds * 1000) break;
    length++;
  }
  return length;
}
