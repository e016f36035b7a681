import { USUAL_WAIT_SECONDS } from '../../config/remediator/step.ts';
import type { HostBudget, Policy, RateLimit } from '../../domain/policy.ts';
import { startsUnit } from '../../domain/step.ts';
import { timeWords } from './words.ts';

/** What of a policy's ladder does not do what it seems to. */
export function ladderWarnings(policy: Policy, { limits }: HostBudget): readonly string[] {
  const { steps } = policy;
  // Each step counts, so a ladder that is longer than a limit does not come to its end.
  const acting = steps.filter(({ action }) => action !== 'notify').length;
  return [
    ...limitWarning(policy.limits, acting, 'its limits allow'),
    ...limitWarning(limits, acting, 'the budget of this machine allows'),
    ...waitWarning(policy),
    ...steps.flatMap((step, index) =>
      step.action === 'restart' && step.evenIfActive
        ? [
            `even_if_active in step ${index + 1} restarts a unit that works; limits and cooldown alone hold it back`,
          ]
        : [],
    ),
  ];
}

function limitWarning(limits: readonly RateLimit[], acting: number, allowed: string): readonly string[] {
  const short = limits.find(({ count }) => count < acting);
  if (short === undefined) return [];
  const { count, windowSeconds } = short;
  return [
    `${acting} steps of its ladder do something, but ${allowed} ${count} within any ${timeWords(windowSeconds)}; those after are refused`,
  ];
}

/** A start is proven or not, and after the last one there is nothing left to wait for. */
function waitWarning({ steps }: Policy): readonly string[] {
  const last = steps.at(-1);
  if (last === undefined || !startsUnit(last) || last.waitSeconds === USUAL_WAIT_SECONDS) return [];
  return [
    `wait: ${timeWords(last.waitSeconds)} in step ${steps.length} does nothing: it counts after a step, and none comes after this one; to wait before it, write it in the step above`,
  ];
}
