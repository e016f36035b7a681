import type { ManagerReading } from '../../domain/manager.ts';
import { defineMetric, type MetricSpec, type Sample, sample } from '../../domain/metric.ts';

const ENABLED = defineMetric({
  name: 'systemd_watchdog_enabled',
  help: 'Whether systemd has a hardware watchdog (1) or not (0).',
  type: 'gauge',
  labels: [],
  source: 'org.freedesktop.systemd1.Manager WatchdogDevice',
});

const LAST_PING_MONOTONIC = defineMetric({
  name: 'systemd_watchdog_last_ping_monotonic_seconds',
  help: "When systemd last pinged the watchdog, on the machine's monotonic clock; left out before the first time.",
  type: 'gauge',
  labels: ['device'],
  source: 'org.freedesktop.systemd1.Manager WatchdogLastPingTimestampMonotonic',
});

const LAST_PING = defineMetric({
  name: 'systemd_watchdog_last_ping_time_seconds',
  help: 'When systemd last pinged the watchdog, as Unix time; left out before the first time.',
  type: 'gauge',
  labels: ['device'],
  source: 'org.freedesktop.systemd1.Manager WatchdogLastPingTimestamp',
});

const RUNTIME = defineMetric({
  name: 'systemd_watchdog_runtime_seconds',
  help: 'The watchdog resets the machine so long after the last ping, never if 0; left out if the device decides.',
  type: 'gauge',
  labels: ['device'],
  source: 'org.freedesktop.systemd1.Manager RuntimeWatchdogUSec',
});

/** Metrics of the hardware watchdog. */
export const WATCHDOG_METRICS: readonly MetricSpec[] = [ENABLED, LAST_PING_MONOTONIC, LAST_PING, RUNTIME];

/** Samples of the hardware watchdog; where there is none, only that there is none. */
export function watchdogSamples({ watchdog }: ManagerReading): readonly Sample[] {
  if (watchdog === undefined) return [];
  const { device, lastPingMonotonicSeconds, lastPingSeconds, runtimeSeconds } = watchdog;
  if (device === '') return [sample(ENABLED, {}, 0)];
  const known = (metric: MetricSpec<'device'>, value: number | undefined) =>
    value === undefined ? [] : [sample(metric, { device }, value)];
  return [
    sample(ENABLED, {}, 1),
    ...known(LAST_PING_MONOTONIC, lastPingMonotonicSeconds),
    ...known(LAST_PING, lastPingSeconds),
    ...known(RUNTIME, runtimeSeconds),
  ];
}
