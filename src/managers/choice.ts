import { Failure } from '../domain/errors.ts';
import type { Outcome, ServiceManager } from '../domain/repair.ts';
import type { ManagerName, UnitRef } from '../domain/unit.ts';

/** One manager of all units: each is handed to the manager of its reference; units of others do not exist. */
export function createManagerChoice(
  managers: Readonly<Partial<Record<ManagerName, ServiceManager>>>,
): ServiceManager {
  return {
    kind: Object.keys(managers).join(', '),
    inspect: async (unit, signal) => managers[unit.manager]?.inspect(unit, signal),
    async run(action, unit, signal) {
      const manager = managers[unit.manager];
      return manager === undefined ? refused(unit) : manager.run(action, unit, signal);
    },
    async limitsOf(unit, limits, signal) {
      const manager = managers[unit.manager];
      if (manager === undefined) throw new Failure('refused', absent(unit));
      return manager.limitsOf(unit, limits, signal);
    },
    async setLimits(unit, values, signal) {
      const manager = managers[unit.manager];
      return manager === undefined ? refused(unit) : manager.setLimits(unit, values, signal);
    },
  };
}

function refused(unit: UnitRef): Outcome {
  return { accepted: false, jobResult: '', detail: absent(unit), unit: undefined };
}

function absent({ name, manager }: UnitRef): string {
  return `${name}: there is no manager ${manager} here`;
}
