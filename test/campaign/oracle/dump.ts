import type { History } from '../../../src/policy/history.ts';
import { LADDERS, POLICY_NAMES } from '../policies.ts';
import type { Units } from '../units.ts';

/** Everything that a history tells, as text: two that tell the same are the same to all who ask. */
export function dumpOf(history: History, units: Units, invocations: readonly string[]): string {
  const names = units.all.map(({ id }) => id);
  const told = [...new Set([...names, ...POLICY_NAMES.flatMap((name) => LADDERS[name].allow)])];
  return JSON.stringify({
    recent: history.recent(Number.MAX_SAFE_INTEGER),
    unended: history.unended(),
    toUndo: history.toUndo(),
    attempts: history.attemptsSince(Number.NEGATIVE_INFINITY),
    ofUnits: told.map((name) => history.attemptsOf(name)),
    running: history.running,
    circuits: POLICY_NAMES.map((policy) => told.map((unit) => history.circuitOf(policy, unit) ?? null)),
    trouble: [...history.unitsInTrouble(Number.NEGATIVE_INFINITY)],
    own: names.map((name) => invocations.filter((one) => history.isOwnInvocation(name, one))),
    decisions: history.decisions.entries(),
    steps: history.steps.entries(),
    endings: history.endings.entries(),
    lastRepairAt: history.lastRepairAt ?? null,
  });
}
