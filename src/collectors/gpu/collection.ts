import { GPU_FAILURE_REASONS, type GpuCollection } from '../../domain/gpu-collection.ts';
import { defineMetric, type Sample, sample } from '../../domain/metric.ts';

const SUCCESS = defineMetric({
  name: 'gpu_collect_success',
  help: 'Whether the last attempt to read the GPUs gave a reading, or found them asleep (1), or not (0).',
  type: 'gauge',
  labels: ['backend'],
  source: 'the last run of the backend',
});

const DURATION = defineMetric({
  name: 'gpu_collect_duration_seconds',
  help: 'How long the last attempt to read the GPUs took.',
  type: 'gauge',
  labels: ['backend'],
  source: 'the last run of the backend',
});

const LAST_SUCCESS = defineMetric({
  name: 'gpu_collect_last_success_timestamp_seconds',
  help: 'When the GPUs were last read, as Unix time; what the other series say is from then.',
  type: 'gauge',
  labels: ['backend'],
  source: 'the last successful run of the backend',
});

const EXIT_CODE = defineMetric({
  name: 'gpu_collect_exit_code',
  help: 'Exit code of the last run of the backend, such as 15 for a lost GPU; left out if it did not end by itself.',
  type: 'gauge',
  labels: ['backend'],
  source: 'the last run of the backend',
});

const FAILURES = defineMetric({
  name: 'gpu_collect_failures_total',
  help: 'Attempts to read the GPUs that failed: too slow, ended without output, not understood, no such program, and so on.',
  type: 'counter',
  labels: ['backend', 'reason'],
  source: 'runs of the backend',
});

const STUCK = defineMetric({
  name: 'gpu_collect_stuck_processes',
  help: 'Runs of the backend that hang in the driver and cannot be killed; no other is started meanwhile.',
  type: 'gauge',
  labels: ['backend'],
  source: 'runs of the backend',
});

const UNAVAILABLE = defineMetric({
  name: 'gpu_value_unavailable',
  help: 'GPUs of which the driver did not give this field in the last reading.',
  type: 'gauge',
  labels: ['field'],
  source: 'N/A, ERR! and the like in nvidia-smi -q -x',
});

/** Metrics of the collection itself. */
export const COLLECTION_METRICS = [
  SUCCESS,
  DURATION,
  LAST_SUCCESS,
  EXIT_CODE,
  FAILURES,
  STUCK,
  UNAVAILABLE,
] as const;

/** How the collection goes; nothing where there has been no attempt, as on a machine without such GPUs. */
export function collectionSamples(collection: GpuCollection): readonly Sample[] {
  const { backend, success, durationSeconds, lastSuccessSeconds, exitCode, failures } = collection;
  if (success === undefined) return [];
  const known = (metric: typeof SUCCESS, value: number | undefined) =>
    value === undefined ? [] : [sample(metric, { backend }, value)];
  return [
    sample(SUCCESS, { backend }, success ? 1 : 0),
    ...known(DURATION, durationSeconds),
    ...known(LAST_SUCCESS, lastSuccessSeconds),
    ...known(EXIT_CODE, exitCode),
    ...GPU_FAILURE_REASONS.flatMap((reason) => {
      const count = failures[reason];
      return count === undefined ? [] : [sample(FAILURES, { backend, reason }, count)];
    }),
    sample(STUCK, { backend }, collection.stuckProcesses),
    ...[...collection.unavailable].map(([field, count]) => sample(UNAVAILABLE, { field }, count)),
  ];
}
