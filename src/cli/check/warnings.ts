import type { Policy, PolicySet } from '../../domain/policy.ts';
import { grantsOf } from '../../policy/polkit-rule.ts';
import { listWords, timeWords } from './words.ts';

/** What is in order, and yet worth a thought. */
export function policyWarnings({ policies }: PolicySet): readonly string[] {
  return [
    ...dryRunWarning(policies),
    ...policies.flatMap((policy) => [
      ...labelWarning(policy),
      ...limitWarning(policy),
      ...activeWarning(policy),
      ...grantWarning(policy),
    ]),
  ].map((warning) => `warning: ${warning}`);
}

function dryRunWarning(policies: readonly Policy[]): readonly string[] {
  const names = policies.filter(({ mode }) => mode === 'dry-run').map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `${listWords(names)}: in dry run, so nothing is repaired; once its ledger has convinced you, write mode: enforce`,
  ];
}

function labelWarning({ name, unit, allow }: Policy): readonly string[] {
  if (unit.kind === 'literal') return [];
  const choice =
    allow.length === 1 ? `whether ${listWords(allow)} is meant` : `which of ${listWords(allow)} is meant`;
  return [`${name}: whoever can send an alert chooses ${choice}; its label ${unit.label} is believed`];
}

function activeWarning({ name, steps }: Policy): readonly string[] {
  return steps.flatMap((step, index) =>
    step.action === 'restart' && step.evenIfActive
      ? [
          `${name}: even_if_active in step ${index + 1} restarts a unit that works; limits and cooldown alone hold it back`,
        ]
      : [],
  );
}

/** Each step counts, so a ladder that is longer than a limit does not come to its end. */
function limitWarning({ name, steps, limits }: Policy): readonly string[] {
  const acting = steps.filter(({ action }) => action !== 'notify').length;
  const short = limits.find(({ count }) => count < acting);
  if (short === undefined) return [];
  const { count, windowSeconds } = short;
  return [
    `${name}: ${acting} steps of its ladder do something, but its limits allow ${count} within any ${timeWords(windowSeconds)}; those after are refused`,
  ];
}

/** polkit's grant is as wide as the verb. */
function grantWarning(policy: Policy): readonly string[] {
  const units = [...grantsOf([policy])].flatMap(([unit, verbs]) => (verbs.has('set-property') ? [unit] : []));
  if (units.length === 0) return [];
  return [
    `${policy.name}: to throttle ${listWords(units)}, polkit must grant set-property, which covers every property of it, for good too; fettle sets no others, but who takes over its user can`,
  ];
}
