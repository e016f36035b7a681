import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import type { SystemdReading, UnitReading } from '../domain/reading.ts';
import { ACTIVE_STATES } from '../domain/unit.ts';
import type { Collector } from './collector.ts';

const UP = defineMetric({
  name: 'fettle_systemd_up',
  help: 'Whether systemd answers on D-Bus (1) or not (0); without it the systemd_unit_* states are left out.',
  type: 'gauge',
  labels: [],
  source: 'the connection to the system bus',
});

const STATE = defineMetric({
  name: 'systemd_unit_state',
  help: 'Whether the unit is in this state (1) or not (0).',
  type: 'gauge',
  labels: ['name', 'type', 'state'],
  source: 'org.freedesktop.systemd1.Unit ActiveState',
});

const INFO = defineMetric({
  name: 'systemd_unit_info',
  help: 'Always 1; what kind of service or mount the unit is.',
  type: 'gauge',
  labels: ['name', 'type', 'mount_type', 'service_type'],
  source: 'org.freedesktop.systemd1.Service Type, org.freedesktop.systemd1.Mount Type',
});

const ACTIVE_ENTER = timeMetric('active_enter', 'became active', 'ActiveEnterTimestamp');
const ACTIVE_EXIT = timeMetric('active_exit', 'ceased to be active', 'ActiveExitTimestamp');
const INACTIVE_ENTER = timeMetric('inactive_enter', 'became inactive', 'InactiveEnterTimestamp');
const INACTIVE_EXIT = timeMetric('inactive_exit', 'ceased to be inactive', 'InactiveExitTimestamp');

const START = defineMetric({
  name: 'systemd_unit_start_time_seconds',
  help: 'Unix time at which the unit became active; 0 while it is not.',
  type: 'gauge',
  labels: ['name', 'type'],
  source: 'org.freedesktop.systemd1.Unit ActiveEnterTimestamp',
});

const RESTARTS = defineMetric({
  name: 'systemd_service_restart_total',
  help: 'Restarts by systemd itself since the service was last started by hand or its failure was reset.',
  type: 'counter',
  labels: ['name'],
  source: 'org.freedesktop.systemd1.Service NRestarts',
});

function timeMetric(event: string, verb: string, property: string) {
  return defineMetric({
    name: `systemd_unit_${event}_time_seconds`,
    help: `Unix time at which the unit last ${verb}; 0 if never.`,
    type: 'gauge',
    labels: ['name', 'type'],
    source: `org.freedesktop.systemd1.Unit ${property}`,
  });
}

/** The units of systemd: their states, times and restarts. */
export function createSystemdCollector(read: () => SystemdReading): Collector {
  return {
    name: 'systemd',
    metrics: [UP, STATE, INFO, START, ACTIVE_ENTER, ACTIVE_EXIT, INACTIVE_ENTER, INACTIVE_EXIT, RESTARTS],
    collect: () => systemdSamples(read()),
  };
}

/** All samples of a reading; while systemd is away, only that it is away: an old state is no state. */
export function systemdSamples({ up, units }: SystemdReading): readonly Sample[] {
  return [sample(UP, {}, up ? 1 : 0), ...(up ? units.flatMap(unitSamples) : [])];
}

function unitSamples(unit: UnitReading): readonly Sample[] {
  const { name, type, activeState } = unit;
  return [
    ...ACTIVE_STATES.map((state) => sample(STATE, { name, type, state }, state === activeState ? 1 : 0)),
    ...infoSamples(unit),
    ...timeSamples(unit),
    ...(unit.service === undefined ? [] : [sample(RESTARTS, { name }, unit.service.restarts)]),
  ];
}

function infoSamples({ name, type, service, mountType }: UnitReading): readonly Sample[] {
  if (service === undefined && mountType === undefined) return [];
  const labels = { name, type, mount_type: mountType ?? '', service_type: service?.type ?? '' };
  return [sample(INFO, labels, 1)];
}

function timeSamples(unit: UnitReading): readonly Sample[] {
  const { name, type } = unit;
  const times = [
    [START, unit.activeState === 'active' ? unit.activeEnterSeconds : 0],
    [ACTIVE_ENTER, unit.activeEnterSeconds],
    [ACTIVE_EXIT, unit.activeExitSeconds],
    [INACTIVE_ENTER, unit.inactiveEnterSeconds],
    [INACTIVE_EXIT, unit.inactiveExitSeconds],
  ] as const;
  return times.flatMap(([metric, seconds]) =>
    seconds === undefined ? [] : [sample(metric, { name, type }, seconds)],
  );
}
