import type { Action } from '../domain/policy.ts';
import type { ServiceManager } from '../domain/repair.ts';
import type { Unit } from '../domain/unit.ts';

/** A manager that looks like the real one does, and tells what it would do instead of doing it. */
export function createRehearsal(real: ServiceManager): ServiceManager {
  return {
    kind: `rehearsal of ${real.kind}`,
    inspect: (unit, signal) => real.inspect(unit, signal),
    async run(action, ref, signal) {
      const unit = await real.inspect(ref, signal);
      const state = unit === undefined ? 'gone' : `${unit.activeState} (${unit.subState})`;
      const accepted = unit !== undefined && allows(unit, action);
      const refusal = unit !== undefined && !accepted ? ', and would be refused' : '';
      const detail = `dry run: would ${action} ${ref.name}, which is ${state}${refusal}`;
      return { accepted, jobResult: '', detail, unit };
    },
  };
}

/** Whether the unit says that it can be done; the manager may know better. */
function allows({ canStart, canStop }: Unit, action: Action): boolean {
  switch (action) {
    case 'restart':
      return canStart && canStop;
    case 'start':
      return canStart;
    case 'stop':
      return canStop;
    default:
      return action satisfies never;
  }
}
