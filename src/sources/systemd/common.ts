import type { CgroupValues } from '../../domain/cgroup.ts';
import type { CommonUnitReading } from '../../domain/common-unit.ts';
import type { CgroupReading, UnitReading } from '../../domain/reading.ts';
import type { ActiveState } from '../../domain/unit.ts';

/** The units of one manager of systemd; `user` is undefined for the system's. */
export interface OwnUnits {
  readonly user: string | undefined;
  readonly units: readonly UnitReading[];
}

/**
 * Gives what systemd's services have in common with those of other managers.
 *
 * A service of which nothing has changed is the same object as before. Units of other types serve nobody by
 * themselves, and are left out.
 */
export function createCommonUnits(): (
  managers: readonly OwnUnits[],
  cgroups: readonly CgroupReading[],
) => readonly CommonUnitReading[] {
  let before: ReadonlyMap<string, Made> = new Map();
  return (managers, cgroups) => {
    const values = new Map(cgroups.map((one) => [keyOf(one.unit, one.user), one.values]));
    const made = new Map<string, Made>();
    for (const { user, units } of managers) {
      for (const unit of units) {
        if (unit.type !== 'service' || unit.loadState !== 'loaded') continue;
        const key = keyOf(unit.name, user);
        const own = values.get(key);
        const last = before.get(key);
        const isSame = last !== undefined && last.unit === unit && last.values === own;
        made.set(key, isSame ? last : { unit, values: own, reading: commonUnit(unit, own, user) });
      }
    }
    before = made;
    return [...made.values()].map(({ reading }) => reading);
  };
}

interface Made {
  readonly unit: UnitReading;
  readonly values: CgroupValues | undefined;
  readonly reading: CommonUnitReading;
}

function keyOf(name: string, user: string | undefined): string {
  return `${user ?? ''}/${name}`;
}

/** Its processes are there, and do what they should. */
const UP: readonly ActiveState[] = ['active', 'reloading', 'refreshing'];

function commonUnit(
  unit: UnitReading,
  values: CgroupValues | undefined,
  user: string | undefined,
): CommonUnitReading {
  const { 'cpu.user': own, 'cpu.system': system, 'memory.current': memoryBytes } = values ?? {};
  const up = UP.includes(unit.activeState);
  return {
    manager: 'systemd',
    name: unit.name,
    user,
    up,
    restarts: unit.service?.restarts,
    memoryBytes,
    cpuSeconds: own === undefined || system === undefined ? undefined : own + system,
    startSeconds: up ? unit.activeEnterSeconds || undefined : undefined,
  };
}
