import type { ServiceManager } from '../domain/repair.ts';

/** A manager that looks like the real one does, and tells what it would do instead of doing it. */
export function createRehearsal(real: ServiceManager): ServiceManager {
  return {
    kind: `rehearsal of ${real.kind}`,
    inspect: (unit, signal) => real.inspect(unit, signal),
    async run(action, ref, signal) {
      const unit = await real.inspect(ref, signal);
      const state = unit === undefined ? 'gone' : `${unit.activeState} (${unit.subState})`;
      const detail = `dry run: would ${action} ${ref.name}, which is ${state}`;
      return { accepted: unit !== undefined, jobResult: '', detail, unit };
    },
  };
}
