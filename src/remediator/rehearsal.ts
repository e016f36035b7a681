import type { ServiceManager } from '../domain/repair.ts';
import type { Step } from '../domain/step.ts';
import type { UnitRef } from '../domain/unit.ts';
import { limitValuesOf } from './limit-values.ts';

/** What a step would do, in words. `rehearsal` is a manager with its hands tied. */
export async function rehearsalOf(
  rehearsal: ServiceManager,
  step: Step,
  ref: UnitRef,
  signal: AbortSignal,
): Promise<string> {
  switch (step.action) {
    case 'run':
    case 'power_mode':
      return (await rehearsal.run('start', { ...ref, name: step.unit }, signal)).detail;
    case 'throttle':
      return (await rehearsal.setLimits(ref, limitValuesOf(step.limits), signal)).detail;
    case 'notify':
      return `dry run: would tell ${JSON.stringify(step.message)}`;
    default:
      return (await rehearsal.run(step.action, ref, signal)).detail;
  }
}
