import type { Ending, StepResult } from '../domain/ledger.ts';
import type { Policy } from '../domain/policy.ts';
import { type Action, type Step, startsUnit } from '../domain/step.ts';

/** A step that was taken, as far as the ladder needs to know. Times are seconds on the ledger's own clock. */
export interface StepTaken {
  readonly step: number;
  readonly action: Action;
  readonly result: StepResult;
  readonly detail: string;
  readonly endedAt: number;
}

/** Where an intake stands on its ladder. */
export interface Standing {
  /** In their order. */
  readonly taken: readonly StepTaken[];
  /** Whether the alert is over. */
  readonly isResolved: boolean;
  /** Whether this is the one try that an open circuit allows. */
  readonly isTry: boolean;
}

/** What comes next: a step, not before a time; or the end; or nothing until the alert is over or a time has come. */
export type Next =
  | { readonly kind: 'step'; readonly index: number; readonly notBefore: number }
  | { readonly kind: 'end'; readonly ending: Ending; readonly detail: string; readonly notBefore: number };

/** What comes next on a policy's ladder. An alert that ends meanwhile changes the answer: ask again then. */
export function nextOnLadder({ steps }: Pick<Policy, 'steps'>, { taken, isResolved, isTry }: Standing): Next {
  const last = taken.at(-1);
  if (last === undefined) return { kind: 'step', index: 0, notBefore: 0 };
  const { result, detail, endedAt } = last;
  const end = (ending: Ending, why: string, notBefore = endedAt): Next => ({
    kind: 'end',
    ending,
    detail: why,
    notBefore,
  });
  if (result === 'interrupted') return end('interrupted', detail);
  const step = steps[last.step];
  if (hasRepaired(last, step)) return end('repaired', detail);
  // The policy has changed meanwhile: what was taken stands, and there is no way on.
  if (step === undefined)
    return end(isResolved ? 'eased' : 'exhausted', 'its policy has no such step any more');
  if (isResolved) return end('eased', `the alert is over after ${step.action}`);
  const then = endedAt + step.waitSeconds;
  const index = last.step + 1;
  if (index < steps.length && !isTry) return { kind: 'step', index, notBefore: then };
  const tried = isTry ? 'the one try did not help' : 'no step of the ladder helped';
  const why = result === 'failed' ? `${tried}; the last one: ${detail}` : `${tried}: the alert goes on`;
  // What may yet ease it gets the time that it was given.
  return end('exhausted', why, result === 'failed' ? endedAt : then);
}

/** What was done counts, also if the policy has changed meanwhile. */
function hasRepaired({ action, result }: StepTaken, step: Step | undefined): boolean {
  if (result !== 'succeeded') return false;
  return action === 'restart' || action === 'start' || (step?.action === action && startsUnit(step));
}
