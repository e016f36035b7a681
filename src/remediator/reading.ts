import { ENDINGS, STEP_RESULTS } from '../domain/ledger.ts';
import type { PolicySet } from '../domain/policy.ts';
import type { BudgetUse, RemediatorReading } from '../domain/reading.ts';
import type { Rail } from '../policy/rail.ts';
import type { Tally } from '../policy/tally.ts';
import type { Case } from './case.ts';
import type { Ledger } from './ledger.ts';
import { unitsUnderRepair } from './under-repair.ts';

/** What a reading is made of. */
export interface ReadingParts {
  readonly ledger: Ledger;
  readonly policies: PolicySet;
  readonly rails: readonly Rail[];
  readonly outcomes: Tally<['outcome']>;
  /** Those that have not come to their end. */
  readonly cases: readonly Case[];
  readonly isPaused: boolean;
  /** Now, in seconds on the ledger's clock. */
  readonly steady: number;
}

/** What the remediator has seen and done, for its metrics. */
export function readingOf(parts: ReadingParts): RemediatorReading {
  const { ledger, policies, outcomes, cases, isPaused, steady } = parts;
  const { history } = ledger;
  showAtZero(parts);
  return {
    decisions: history.decisions.entries().map(({ words: [policy, decision, reason], count }) => ({
      policy,
      decision,
      reason,
      count,
    })),
    repairs: history.steps.entries().map(({ words: [policy, action, result], count }) => ({
      policy,
      action,
      result,
      count,
    })),
    seconds: history.seconds.entries().map(({ words: [policy, action], count }) => ({
      policy,
      action,
      seconds: count,
    })),
    endings: history.endings.entries().map(({ words: [policy, ending], count }) => ({
      policy,
      ending,
      count,
    })),
    alerts: outcomes.entries().map(({ words: [outcome], count }) => ({ outcome, count })),
    openCircuits: policies.policies.flatMap(({ name, allow }) =>
      allow.map((unit) => ({
        policy: name,
        unit,
        isOpen: history.circuitOf(name, unit) !== undefined,
      })),
    ),
    underRepair: unitsUnderRepair(policies, history.unended()),
    budget: budgetUse(policies, history, steady),
    stepsUnderWay: history.running.length,
    queueLength: cases.length,
    oldestCaseSeconds: cases.reduce((oldest, { receivedAt }) => Math.max(oldest, steady - receivedAt), 0),
    toUndo: history.toUndo().length,
    isPaused,
    ledgerErrors: ledger.errors,
    lastRepairSeconds: history.lastRepairAt === undefined ? undefined : history.lastRepairAt.getTime() / 1000,
  };
}

function budgetUse({ budget }: PolicySet, history: Ledger['history'], steady: number): readonly BudgetUse[] {
  return budget.limits.map(({ count, windowSeconds }) => ({
    windowSeconds,
    limit: count,
    used: history.attemptsSince(steady - windowSeconds).length,
  }));
}

/** Refusals that are no rail's. */
const OTHER_REASONS = ['inspect', 'policy-changed', 'evidence'];

/** Counters that exist before their first event, so that `increase()` sees it. */
function showAtZero({ ledger: { history }, policies: { policies }, rails }: ReadingParts): void {
  for (const { name, steps } of policies) {
    history.decisions.add([name, 'run', ''], 0);
    history.decisions.add([name, 'rehearse', ''], 0);
    for (const rail of [...rails.map((one) => one.name), ...OTHER_REASONS]) {
      history.decisions.add([name, 'refuse', rail], 0);
    }
    for (const { action } of steps) {
      history.seconds.add([name, action], 0);
      for (const result of STEP_RESULTS) history.steps.add([name, action, result], 0);
    }
    for (const ending of ENDINGS) history.endings.add([name, ending], 0);
  }
}
