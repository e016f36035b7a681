import { defineMetric, type MetricSpec, type Sample, sample } from '../../domain/metric.ts';
import type { SystemdReading } from '../../domain/reading.ts';
import { ACTIVE_STATES } from '../../domain/unit.ts';

const REFRESHED = 'read again every 5 s';

const VERSION = defineMetric({
  name: 'systemd_version_info',
  help: 'Always 1; the version of systemd.',
  type: 'gauge',
  labels: ['version'],
  source: 'org.freedesktop.systemd1.Manager Version',
});

const SYSTEM_STATE = defineMetric({
  name: 'systemd_system_state',
  help: 'Whether the system as a whole is in this state (1) or not (0).',
  type: 'gauge',
  labels: ['state'],
  source: `org.freedesktop.systemd1.Manager SystemState, ${REFRESHED}`,
});

const JOBS = defineMetric({
  name: 'systemd_jobs',
  help: 'Jobs of systemd that wait or run.',
  type: 'gauge',
  labels: [],
  source: `org.freedesktop.systemd1.Manager NJobs, ${REFRESHED}`,
});

const UNITS = defineMetric({
  name: 'systemd_units',
  help: 'Loaded units in this state, of those that are exported.',
  type: 'gauge',
  labels: ['state'],
  source: 'org.freedesktop.systemd1.Unit ActiveState',
});

/** Metrics of systemd itself. */
export const MANAGER_METRICS: readonly MetricSpec[] = [VERSION, SYSTEM_STATE, JOBS, UNITS];

/** States of the system, in the order of systemctl(1), is-system-running. */
const SYSTEM_STATES = [
  'initializing',
  'starting',
  'running',
  'degraded',
  'maintenance',
  'stopping',
  'offline',
  'unknown',
];

/** Samples of systemd itself. */
export function managerSamples({ manager, units }: SystemdReading): readonly Sample[] {
  const loaded = units.filter(({ loadState }) => loadState === 'loaded');
  const counted = ACTIVE_STATES.map((state) => {
    const count = loaded.reduce((sum, unit) => sum + (unit.activeState === state ? 1 : 0), 0);
    return sample(UNITS, { state }, count);
  });
  if (manager === undefined) return counted;
  const { version, systemState, jobs } = manager;
  return [
    ...counted,
    sample(VERSION, { version }, 1),
    ...SYSTEM_STATES.map((state) => sample(SYSTEM_STATE, { state }, state === systemState ? 1 : 0)),
    sample(JOBS, {}, jobs),
  ];
}
