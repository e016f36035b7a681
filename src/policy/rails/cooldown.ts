import type { Cooldown } from '../../domain/policy.ts';
import type { Attempt } from '../past.ts';
import type { Rail, RailContext } from '../rail.ts';
import { restartedTogether } from '../restarted-together.ts';
import { type Objection, pendingUntil, together } from './retry-at.ts';

/** A wait is longer by up to this part of it, so that units that failed together do not come back together. */
const JITTER = 0.1;

/**
 * After a repair the unit is left alone for a while, longer after each further attempt; so are units that were restarted
 * together with it.
 *
 * Further steps of the same ladder wait as their policy says.
 */
export const cooldown: Rail = {
  name: 'cooldown',
  check(request, context) {
    const { id, policy, unit, step, stepIndex } = request;
    if (step.action === 'notify') return undefined;
    const own = stepIndex > 0 ? [] : [context.unit?.id ?? unit.name];
    const units = [...own, ...restartedTogether(request, context).map((other) => other.id)];
    return together(units.map((name) => coolingDown(name, id, policy.cooldown, context)));
  },
};

function coolingDown(
  id: string,
  intake: string,
  rule: Cooldown,
  context: RailContext,
): Objection | undefined {
  // What is under way is another rail's business, and the waits of a ladder are its policy's.
  const attempts = context.past
    .attemptsOf(id)
    .filter((attempt) => attempt.endedAt !== undefined && attempt.id !== intake);
  if (attempts.length === 0) return undefined;
  const lastEnd = Math.max(...attempts.map(({ endedAt, startedAt }) => endedAt ?? startedAt));
  const run = runLength(rule, attempts);
  const retryAt = pendingUntil(context, lastEnd + cooldownSeconds(rule, run, id));
  if (retryAt === undefined) return undefined;
  return { reason: `attempt ${run} at ${id} in a row; left alone until ${retryAt.toISOString()}`, retryAt };
}

/**
 * How long a unit is left alone after the n-th attempt of a run: `base * factor^(n-1)`, at most `max`, and up to a
 * tenth more. The same unit and number always give the same.
 */
export function cooldownSeconds(rule: Cooldown, run: number, unit: string): number {
  const grown = rule.baseSeconds * Math.min(rule.factor ** (run - 1), Number.MAX_VALUE);
  return Math.min(grown, rule.maxSeconds) * (1 + JITTER * fractionOf(`${unit} ${run}`));
}

/** How many attempts the last run has, at least 1. A pause of `resetAfter` begins a new one; they are in order of time. */
export function runLength(rule: Cooldown, attempts: readonly Attempt[]): number {
  let length = 1;
  for (let i = attempts.length - 1; i > 0; i--) {
    const later = attempts[i];
    const earlier = attempts[i - 1];
    if (later === undefined || earlier === undefined) break;
    if (later.startedAt - (earlier.endedAt ?? later.startedAt) >= rule.resetAfterSeconds) break;
    length++;
  }
  return length;
}

/** A number from 0 to 1 that looks like chance and is the same for the same text (FNV-1a). */
function fractionOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93);
  }
  return (hash >>> 0) / 2 ** 32;
}
