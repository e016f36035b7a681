import { defineMetric, type MetricSpec, type Sample, sample } from '../../domain/metric.ts';
import type { UnitReading } from '../../domain/reading.ts';
import { ACTIVE_STATES } from '../../domain/unit.ts';

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

const SUBSTATE = defineMetric({
  name: 'systemd_unit_substate_info',
  help: 'Always 1; the state of the unit in the words of its type, such as running, exited or auto-restart.',
  type: 'gauge',
  labels: ['name', 'type', 'substate'],
  source: 'org.freedesktop.systemd1.Unit SubState',
});

const FILE_STATE = defineMetric({
  name: 'systemd_unit_file_state_info',
  help: 'Always 1; whether the unit is enabled, disabled, static, masked and so on.',
  type: 'gauge',
  labels: ['name', 'type', 'state'],
  source: 'org.freedesktop.systemd1.Unit UnitFileState, read again within a minute',
});

const NEEDS_RELOAD = defineMetric({
  name: 'systemd_unit_need_daemon_reload',
  help: 'Whether the file of the unit has changed since systemd read it (1) or not (0).',
  type: 'gauge',
  labels: ['name', 'type'],
  source: 'org.freedesktop.systemd1.Unit NeedDaemonReload, read again within a minute',
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

const LOAD_STATE = defineMetric({
  name: 'systemd_unit_load_state_info',
  help: 'Always 1; whether systemd could load the unit: loaded, not-found, masked, bad-setting, error.',
  type: 'gauge',
  labels: ['name', 'type', 'load_state'],
  source: 'org.freedesktop.systemd1.Manager ListUnits; a unit that is not loaded has no other series',
});

/** How many series of `systemd_unit_state` a unit has: one a state, only that of its state, or none. */
export type UnitStateSeries = 'full' | 'nonzero' | 'off';

/** Metrics that units of every type have. */
export const UNIT_METRICS: readonly MetricSpec[] = [
  LOAD_STATE,
  STATE,
  SUBSTATE,
  INFO,
  FILE_STATE,
  NEEDS_RELOAD,
  START,
  ACTIVE_ENTER,
  ACTIVE_EXIT,
  INACTIVE_ENTER,
  INACTIVE_EXIT,
];

/** Samples that units of every type have. */
export function unitSamples(unit: UnitReading, states: UnitStateSeries): readonly Sample[] {
  const { name, type, subState } = unit;
  return [
    ...stateSamples(unit, states),
    ...infoSamples(unit),
    ...timeSamples(unit),
    sample(SUBSTATE, { name, type, substate: subState }, 1),
    ...fileSamples(unit),
  ];
}

/** Whether systemd has the unit, and what is wrong if not. */
export function loadStateSamples({ name, type, loadState }: UnitReading): readonly Sample[] {
  return [sample(LOAD_STATE, { name, type, load_state: loadState }, 1)];
}

function stateSamples({ name, type, activeState }: UnitReading, series: UnitStateSeries): readonly Sample[] {
  const states = series === 'full' ? ACTIVE_STATES : series === 'nonzero' ? [activeState] : [];
  return states.map((state) => sample(STATE, { name, type, state }, state === activeState ? 1 : 0));
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

function fileSamples({ name, type, file }: UnitReading): readonly Sample[] {
  if (file === undefined) return [];
  return [
    ...(file.state === '' ? [] : [sample(FILE_STATE, { name, type, state: file.state }, 1)]),
    sample(NEEDS_RELOAD, { name, type }, file.needsReload ? 1 : 0),
  ];
}
