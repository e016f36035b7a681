import type { BootStageReading, ManagerReading } from '../../domain/manager.ts';
import { defineMetric, type MetricSpec, type Sample, sample } from '../../domain/metric.ts';

const MONOTONIC = defineMetric({
  name: 'systemd_boot_monotonic_seconds',
  help: 'Seconds from the start of the kernel to this stage of the boot, but from Firmware and Loader, which come before it, to the start of the kernel; a stage that never happened is left out.',
  type: 'gauge',
  labels: ['stage'],
  source: 'org.freedesktop.systemd1.Manager, property STAGE + TimestampMonotonic',
});

const TIME = defineMetric({
  name: 'systemd_boot_time_seconds',
  help: 'When this stage of the boot was reached, as Unix time; a stage that never happened is left out.',
  type: 'gauge',
  labels: ['stage'],
  source: 'org.freedesktop.systemd1.Manager, property STAGE + Timestamp',
});

/** Metrics of the boot. */
export const BOOT_METRICS: readonly MetricSpec[] = [MONOTONIC, TIME];

/** Samples of the boot: of each stage what is known of it. */
export function bootSamples({ bootStages }: ManagerReading): readonly Sample[] {
  return bootStages.flatMap(stageSamples);
}

function stageSamples({ stage, monotonicSeconds, timeSeconds }: BootStageReading): readonly Sample[] {
  return [
    ...(monotonicSeconds === undefined ? [] : [sample(MONOTONIC, { stage }, monotonicSeconds)]),
    ...(timeSeconds === undefined ? [] : [sample(TIME, { stage }, timeSeconds)]),
  ];
}
