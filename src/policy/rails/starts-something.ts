import type { Step } from '../../domain/step.ts';

/** Whether a step starts something on the machine, be it the unit of the alert or another one. */
export function startsSomething({ action }: Step): boolean {
  return action === 'restart' || action === 'start' || action === 'run' || action === 'power_mode';
}
