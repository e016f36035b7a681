import type { ServiceManager } from '../domain/repair.ts';
import type { ManagerName } from '../domain/unit.ts';

/** One manager of all units: each is handed to the manager of its reference; units of others do not exist. */
export function createManagerChoice(
  managers: Readonly<Partial<Record<ManagerName, ServiceManager>>>,
): ServiceManager {
  return {
    kind: Object.keys(managers).join(', '),
    inspect: async (unit, signal) => managers[unit.manager]?.inspect(unit, signal),
    async run(action, unit, signal) {
      const manager = managers[unit.manager];
      if (manager !== undefined) return manager.run(action, unit, signal);
      const detail = `${unit.name}: there is no manager ${unit.manager} here`;
      return { accepted: false, jobResult: '', detail, unit: undefined };
    },
  };
}
