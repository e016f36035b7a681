import { isAlwaysOn } from '../../config/remediator/always-on.ts';
import type { MaintenanceWindow, Policy, PolicySet } from '../../domain/policy.ts';
import { grantsOf } from '../../policy/polkit-rule.ts';
import { ladderWarnings } from './ladder-warnings.ts';
import { matchWarnings } from './match-warnings.ts';
import { listWords } from './words.ts';

/** What is in order, and yet worth a thought. */
export function policyWarnings({ policies, budget, windows }: PolicySet): readonly string[] {
  return [
    ...dryRunWarning(policies),
    ...windowWarnings(windows),
    ...policies.flatMap((policy) =>
      [...matchWarnings(policy), ...ladderWarnings(policy, budget), ...grantWarning(policy)].map(
        (warning) => `${policy.name}: ${warning}`,
      ),
    ),
  ].map((warning) => `warning: ${warning}`);
}

function dryRunWarning(policies: readonly Policy[]): readonly string[] {
  const names = policies.filter(({ mode }) => mode === 'dry-run').map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `${listWords(names)}: in dry run, so nothing is repaired; once its ledger has convinced you, write mode: enforce`,
  ];
}

function windowWarnings(windows: readonly MaintenanceWindow[]): readonly string[] {
  return windows
    .filter(isAlwaysOn)
    .map(
      ({ name, blocks }) =>
        `window ${name} begins again before it has ended, so ${listWords(blocks, 'or')} is never done`,
    );
}

/** polkit's grant is as wide as the verb. */
function grantWarning(policy: Policy): readonly string[] {
  const units = [...grantsOf([policy])].flatMap(([unit, verbs]) => (verbs.has('set-property') ? [unit] : []));
  if (units.length === 0) return [];
  return [
    `to throttle ${listWords(units)}, polkit must grant set-property, which covers every property of it, for good too; fettle sets no others, but who takes over its user can`,
  ];
}
