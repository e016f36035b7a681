import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import type { SystemdReading } from '../domain/reading.ts';
import type { Collector } from './collector.ts';
import { EVENT_METRICS, eventSamples } from './systemd/events.ts';
import { MANAGER_METRICS, managerSamples } from './systemd/manager.ts';
import { TYPE_METRICS, typeSamples } from './systemd/types.ts';
import { UNIT_METRICS, unitSamples } from './systemd/unit.ts';

const UP = defineMetric({
  name: 'fettle_systemd_up',
  help: 'Whether systemd answers on D-Bus (1) or not (0); without it the systemd_unit_* states are left out.',
  type: 'gauge',
  labels: [],
  source: 'the connection to the system bus',
});

/** The units of systemd: their states, times and restarts. */
export function createSystemdCollector(read: () => SystemdReading): Collector {
  return {
    name: 'systemd',
    metrics: [UP, ...MANAGER_METRICS, ...UNIT_METRICS, ...TYPE_METRICS, ...EVENT_METRICS],
    collect: () => systemdSamples(read()),
  };
}

/** All samples of a reading; while systemd is away, only that it is away: an old state is no state. */
export function systemdSamples(reading: SystemdReading): readonly Sample[] {
  const up = sample(UP, {}, reading.up ? 1 : 0);
  if (!reading.up) return [up];
  const samples: Sample[] = [up, ...managerSamples(reading)];
  for (const unit of reading.units) {
    samples.push(...unitSamples(unit), ...typeSamples(unit), ...eventSamples(unit));
  }
  return samples;
}
