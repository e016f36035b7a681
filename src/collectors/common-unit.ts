import type { CommonUnitReading } from '../domain/common-unit.ts';
import { defineMetric, type MetricSpec, type Sample, sample } from '../domain/metric.ts';
import { createUserBlocks } from './blocks.ts';
import type { Collector } from './collector.ts';

const LABELS = ['manager', 'name'] as const;

/** A metric that units of all managers have, and its value. */
interface Row {
  readonly metric: MetricSpec<(typeof LABELS)[number]>;
  readonly read: (unit: CommonUnitReading) => number | undefined;
}

const ROWS: readonly Row[] = [
  {
    metric: defineMetric({
      name: 'unit_up',
      help: 'Whether a service runs (1) or not (0), whichever manager it has: systemd, launchd or a pid file. Left out while a job of launchd does not run that need not: one with an interval or a calendar, or started on demand.',
      type: 'gauge',
      labels: LABELS,
      source: 'the service manager',
    }),
    read: ({ up }) => (up === undefined ? undefined : Number(up)),
  },
  {
    metric: defineMetric({
      name: 'unit_restarts_total',
      help: 'Restarts of a service by its manager; of a daemon with a pid file, new processes that were seen. Left out for jobs of launchd with an interval or a calendar, or started on demand: each run of theirs is a start.',
      type: 'counter',
      labels: LABELS,
      source: 'NRestarts; launchctl print runs; the pid file',
    }),
    read: ({ restarts }) => restarts,
  },
  {
    metric: defineMetric({
      name: 'unit_memory_bytes',
      help: 'Memory of a service: of its cgroup with its page cache, elsewhere resident memory of its processes.',
      type: 'gauge',
      labels: LABELS,
      source: 'memory.current; VmRSS of /proc/PID/status or ps rss',
    }),
    read: ({ memoryBytes }) => memoryBytes,
  },
  {
    metric: defineMetric({
      name: 'unit_cpu_seconds_total',
      help: 'CPU time of a service: of its cgroup since that was made, elsewhere of the processes that run now.',
      type: 'counter',
      labels: LABELS,
      source: 'cpu.stat; /proc/PID/stat or ps time',
    }),
    read: ({ cpuSeconds }) => cpuSeconds,
  },
  {
    metric: defineMetric({
      name: 'unit_start_time_seconds',
      help: 'Unix time since when a service runs; left out while it does not.',
      type: 'gauge',
      labels: LABELS,
      source: 'ActiveEnterTimestamp; the start of the process',
    }),
    read: ({ startSeconds }) => startSeconds,
  },
];

/** What services of all managers have in common, so that one rule and one panel serve them all. */
export function createCommonUnitCollector(
  read: () => Promise<readonly CommonUnitReading[]> | readonly CommonUnitReading[],
): Collector {
  const blocksOf = createUserBlocks(
    ({ manager, name }: CommonUnitReading) => `${manager} ${name}`,
    commonSamples,
  );
  return {
    name: 'units',
    metrics: ROWS.map(({ metric }) => metric),
    collect: async () => blocksOf(await read()),
  };
}

/** Samples of one service; a value that is not known is left out. */
export function commonSamples(unit: CommonUnitReading): readonly Sample[] {
  const { manager, name } = unit;
  return ROWS.flatMap(({ metric, read }) => {
    const value = read(unit);
    return value === undefined ? [] : [sample(metric, { manager, name }, value)];
  });
}
