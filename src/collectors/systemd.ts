import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import type { SystemdReading, UnitReading, UserReading } from '../domain/reading.ts';
import { createBlocks } from './blocks.ts';
import { type Block, blockOf, type Collector } from './collector.ts';
import { BOOT_METRICS, bootSamples } from './systemd/boot.ts';
import { EVENT_METRICS, eventSamples } from './systemd/events.ts';
import { MANAGER_METRICS, managerSamples } from './systemd/manager.ts';
import { typeMetrics, typeSamples } from './systemd/types.ts';
import { loadStateSamples, UNIT_METRICS, type UnitStateSeries, unitSamples } from './systemd/unit.ts';
import { userLabels } from './systemd/user-labels.ts';
import { WATCHDOG_METRICS, watchdogSamples } from './systemd/watchdog.ts';

const UP = defineMetric({
  name: 'fettle_systemd_up',
  help: 'Whether systemd answers on D-Bus (1) or not (0); without it the systemd_unit_* states are left out.',
  type: 'gauge',
  labels: [],
  source: 'the connection to the system bus',
});

/** What can be chosen about the series of units. */
export interface SystemdSeries {
  readonly unitState: UnitStateSeries;
  /** Whether metrics that systemd_exporter types or names against the conventions are told its way. */
  readonly oldTypes: boolean;
}

/** What one manager of systemd has to say, given again and again. */
type BlocksOf = (reading: SystemdReading) => readonly Block[];

/** The units of the system's manager, and of users' own: their states, times and restarts. */
export function createSystemdCollector(
  read: () => SystemdReading,
  readUsers: () => readonly UserReading[],
  series: SystemdSeries,
): Collector {
  const systemBlocks = createManagerBlocks(series, undefined);
  let userBlocks: ReadonlyMap<string, BlocksOf> = new Map();
  return {
    name: 'systemd',
    metrics: [
      UP,
      ...MANAGER_METRICS,
      ...BOOT_METRICS,
      ...WATCHDOG_METRICS,
      ...UNIT_METRICS,
      ...typeMetrics(series.oldTypes),
      ...EVENT_METRICS,
    ],
    collect() {
      const users = readUsers();
      userBlocks = new Map(
        users.map(({ user }) => [user, userBlocks.get(user) ?? createManagerBlocks(series, user)]),
      );
      return [
        ...systemBlocks(read()),
        ...users.flatMap(({ user, systemd }) => userBlocks.get(user)?.(systemd) ?? []),
      ];
    },
  };
}

/** The blocks of one manager; those of a user's have labels that say so. */
function createManagerBlocks(series: SystemdSeries, user: string | undefined): BlocksOf {
  const labels = user === undefined ? {} : userLabels(user);
  const unitBlocks = createBlocks(
    ({ name }: UnitReading) => name,
    (unit) => samplesOfUnit(unit, series),
    labels,
  );
  return (reading) => {
    const up = sample(UP, {}, reading.up ? 1 : 0);
    // While systemd is away, only that it is away: an old state is no state.
    if (!reading.up) return [{ ...blockOf([up]), labels }];
    // Boot and hardware are the system's alone.
    const own = user === undefined ? machineSamples(reading) : [];
    return [{ ...blockOf([up, ...managerSamples(reading), ...own]), labels }, ...unitBlocks(reading.units)];
  };
}

function machineSamples({ manager }: SystemdReading): readonly Sample[] {
  return manager === undefined ? [] : [...bootSamples(manager), ...watchdogSamples(manager)];
}

/** All samples of one unit. */
export function samplesOfUnit(unit: UnitReading, series: SystemdSeries): readonly Sample[] {
  if (unit.loadState !== 'loaded') return loadStateSamples(unit);
  return [
    ...loadStateSamples(unit),
    ...unitSamples(unit, series.unitState),
    ...typeSamples(unit, series.oldTypes),
    ...eventSamples(unit),
  ];
}
