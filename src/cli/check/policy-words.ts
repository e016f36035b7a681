import type { BlameWindow, Cooldown, Policy, Verification } from '../../domain/policy.ts';
import { startsUnit } from '../../domain/step.ts';
import { ladderWords } from './step-words.ts';
import { limitWords, listWords, row, timeWords } from './words.ts';

/** What one policy may do to which unit, upon which alert, what proves it and what stops it. */
export function policyWords(policy: Policy): readonly string[] {
  const { name, mode, when, cooldown, limits, verify, maxAlertAgeSeconds, blame } = policy;
  return [
    `policy ${name} (${mode === 'enforce' ? 'enforced' : 'dry run: nothing is done, only written down'})`,
    row('when', `an alert comes with ${listWords(when.map(({ text }) => text))}`),
    row('unit', unitWords(policy)),
    ...ladderWords(policy),
    ...(policy.steps.some(startsUnit) ? [row('proven', proofWords(verify))] : []),
    row('rests', cooldownWords(cooldown)),
    row('limits', `${limitWords(limits)}, at one unit`),
    row('ignores', `an alert that has waited for its turn longer than ${timeWords(maxAlertAgeSeconds)}`),
    ...blameWords(blame),
    ...resolveWords(policy),
  ];
}

function unitWords({ unit, allow }: Policy): string {
  if (unit.kind === 'literal') return `${unit.name}, and no other`;
  return `the one that the alert names in its label ${unit.label}, if it is ${listWords(allow, 'or')}; no other`;
}

function proofWords({ holdSeconds, timeoutSeconds, probe, gpuMemoryFreed }: Verification): string {
  const proofs = [
    `the unit has been active for ${timeWords(holdSeconds)} without a new start`,
    ...(probe === undefined ? [] : [`the probe ${probe} succeeds`]),
    ...(gpuMemoryFreed ? ['the memory that its old processes had on GPUs is free'] : []),
  ];
  return `once ${listWords(proofs)}, all within ${timeWords(timeoutSeconds)}`;
}

function cooldownWords({ baseSeconds, factor, maxSeconds, resetAfterSeconds }: Cooldown): string {
  const growth =
    factor === 1 ? '' : `, ${factor} times as long after each further one, at most ${timeWords(maxSeconds)}`;
  const again = `begins anew after ${timeWords(resetAfterSeconds)} without one`;
  return `${timeWords(baseSeconds)} after a repair of the unit${growth}; ${again}`;
}

function blameWords({ otherHandsSeconds, packagesSeconds, bootSeconds }: BlameWindow): readonly string[] {
  const spans = [
    [otherHandsSeconds, 'somebody else has started or stopped the unit'],
    [packagesSeconds, 'packages were installed, upgraded or removed'],
    [bootSeconds, 'the machine has started'],
  ] as const;
  const told = spans.flatMap(([seconds, what]) =>
    seconds === 0 ? [] : [`${timeWords(seconds)} after ${what}`],
  );
  return told.length === 0 ? [] : [row('hands off', told.join(', '))];
}

function resolveWords({ steps, undoesOnResolve }: Policy): readonly string[] {
  if (!steps.some(({ action }) => action === 'throttle')) return [];
  const told = undoesOnResolve
    ? 'what was throttled gets back exactly what it had; so it does when the machine restarts'
    : 'what was throttled stays so until the machine restarts';
  return [row('resolved', told)];
}
