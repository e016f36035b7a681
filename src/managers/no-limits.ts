import { Failure } from '../domain/errors.ts';
import type { ServiceManager } from '../domain/repair.ts';

/** The part of a manager that knows no limits: it refuses them, in words. `subject` as in `launchd`. */
export function withoutLimits(subject: string): Pick<ServiceManager, 'limitsOf' | 'setLimits'> {
  const refusal = `${subject} has no limits that could be changed while it runs`;
  return {
    async limitsOf({ name }) {
      throw new Failure('refused', `reading the limits of ${name}: ${refusal}`);
    },
    async setLimits({ name }) {
      return { accepted: false, jobResult: '', detail: `${name}: ${refusal}`, unit: undefined };
    },
  };
}
