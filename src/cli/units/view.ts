import type { UnitsReading } from '../../app/units.ts';
import type { CgroupValues } from '../../domain/cgroup.ts';
import type { UnitReading } from '../../domain/reading.ts';
import type { Selection } from './selection.ts';

/** One unit as it is shown. */
export interface UnitView {
  readonly unit: UnitReading;
  /** Empty without a cgroup. */
  readonly values: CgroupValues;
}

/** The units that are shown: failed ones first, then by name. */
export function unitViews({ units, cgroups }: UnitsReading, { shows }: Selection): readonly UnitView[] {
  return units
    .filter(shows)
    .toSorted((one, other) => rank(one) - rank(other) || compare(one.name, other.name))
    .map((unit) => ({ unit, values: cgroups.get(unit.name) ?? {} }));
}

function rank({ activeState }: UnitReading): number {
  return activeState === 'failed' ? 0 : 1;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Unix seconds since when a unit is in its state; undefined if that is not known. */
export function sinceSeconds(unit: UnitReading): number | undefined {
  // 0 is "never happened", as in a unit that was never started.
  return stateChange(unit) || undefined;
}

/** As `systemctl status` does it: a unit that is being started is so since it left `inactive`, and so on. */
function stateChange(unit: UnitReading): number | undefined {
  switch (unit.activeState) {
    case 'active':
    case 'reloading':
    case 'refreshing':
      return unit.activeEnterSeconds;
    case 'inactive':
    case 'failed':
      return unit.inactiveEnterSeconds;
    case 'activating':
      return unit.inactiveExitSeconds;
    case 'deactivating':
    case 'maintenance':
      return unit.activeExitSeconds;
    default:
      return unit.activeState satisfies never;
  }
}

/** CPU time that a unit has used since its cgroup was made. */
export function cpuSeconds({ values }: UnitView): number | undefined {
  const { 'cpu.user': user, 'cpu.system': system } = values;
  return user === undefined || system === undefined ? undefined : user + system;
}
