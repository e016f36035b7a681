import * as z from 'zod';
import type { Policy } from '../../domain/policy.ts';
import { rung } from './step.ts';

/** A ladder that long has nobody's trust any more. */
const MOST_STEPS = 10;

/** The ladder of a policy. What stands after `give_up` is looked for by the cross-check. */
export const steps = z
  .array(rung, { error: 'expected a list of steps such as [restart]' })
  .min(1, { error: 'expected at least one step, such as [restart]; an empty list does nothing' })
  .max(MOST_STEPS + 1, { error: `expected at most ${MOST_STEPS} steps` })
  .transform((rungs, context): Pick<Policy, 'steps'> & { readonly holdSeconds: number | undefined } => {
    // What is wrong with one of them has been told, and may hide which kind it is.
    if (context.issues.length > 0) return z.NEVER;
    const taken = rungs.flatMap((one) => (one.kind === 'step' ? [one.step] : []));
    const end = rungs.find((one) => one.kind === 'give_up');
    if (taken.length > 0 && taken.length <= MOST_STEPS)
      return { steps: taken, holdSeconds: end?.holdSeconds };
    const message =
      taken.length === 0
        ? 'expected a step before give_up, such as restart or notify'
        : `expected at most ${MOST_STEPS} steps`;
    context.issues.push({ code: 'custom', message, input: rungs });
    return z.NEVER;
  });
