import type { CgroupValue } from '../domain/cgroup.ts';
import { defineMetric, type MetricSpec, type Sample } from '../domain/metric.ts';
import type { CgroupReading } from '../domain/reading.ts';
import { createUserBlocks } from './blocks.ts';
import type { Collector } from './collector.ts';

type Labels = 'name' | 'type' | 'mode';

/** Which metric a value of a cgroup becomes, and its mode where the metric has one. */
interface Row {
  readonly value: CgroupValue;
  readonly metric: MetricSpec<Labels>;
  readonly mode?: string;
}

function metric(
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  source: string,
  labels: readonly Labels[] = ['name', 'type'],
): MetricSpec<Labels> {
  return defineMetric({ name: `systemd_unit_${name}`, help, type, labels, source: `cgroup ${source}` });
}

const CPU = metric(
  'counter',
  'cpu_seconds_total',
  'CPU time that the unit has used since its cgroup was made.',
  'cpu.stat user_usec and system_usec; v1 alone: cpuacct.usage_user and cpuacct.usage_sys',
  ['name', 'type', 'mode'],
);

function event(name: string, help: string, source: string): MetricSpec<Labels> {
  return metric('counter', `memory_events_${name}_total`, help, source);
}

function stall(resource: string, kind: 'waiting' | 'stalled'): MetricSpec<Labels> {
  const who = kind === 'waiting' ? 'some task' : 'every task that could run';
  const name = `pressure_${resource}_${kind}_seconds_total`;
  const source = `${resource}.pressure ${kind === 'waiting' ? 'some' : 'full'}`;
  return metric('counter', name, `Time in which ${who} of the unit waited for ${resource}.`, source);
}

/** Every value that is exported. Slices would count their units once more, so they are not read. */
const ROWS: readonly Row[] = [
  { value: 'cpu.user', metric: CPU, mode: 'user' },
  { value: 'cpu.system', metric: CPU, mode: 'system' },
  row(
    'cpu.periods',
    'counter',
    'cpu_periods_total',
    'Periods in which the unit had a CPU quota.',
    'cpu.stat nr_periods',
  ),
  row(
    'cpu.throttledPeriods',
    'counter',
    'cpu_throttled_periods_total',
    'Periods in which the unit used its CPU quota up.',
    'cpu.stat nr_throttled',
  ),
  row(
    'cpu.throttledSeconds',
    'counter',
    'cpu_throttled_seconds_total',
    'Time that the tasks of the unit were kept from running by its CPU quota.',
    'cpu.stat throttled_usec; v1 throttled_time',
  ),
  row(
    'memory.current',
    'gauge',
    'memory_current_bytes',
    'Memory that the unit uses now, page cache included.',
    'memory.current; v1 memory.usage_in_bytes',
  ),
  row(
    'memory.peak',
    'gauge',
    'memory_peak_bytes',
    'Most memory that the unit has used since its cgroup was made.',
    'memory.peak (Linux 5.19); v1 memory.max_usage_in_bytes',
  ),
  row(
    'memory.swap',
    'gauge',
    'memory_swap_bytes',
    'Swap that the unit uses now.',
    'memory.swap.current; v1 memory.stat total_swap',
  ),
  row(
    'memory.anon',
    'gauge',
    'memory_anon_bytes',
    'Memory of the unit that no file backs.',
    'memory.stat anon; v1 total_rss',
  ),
  row(
    'memory.file',
    'gauge',
    'memory_file_bytes',
    'Page cache of the unit.',
    'memory.stat file; v1 total_cache',
  ),
  row(
    'memory.kernel',
    'gauge',
    'memory_kernel_bytes',
    'Memory that the kernel uses for the unit.',
    'memory.stat kernel (Linux 5.18)',
  ),
  row(
    'memory.workingSet',
    'gauge',
    'memory_working_set_bytes',
    'Memory of the unit less the page cache that can be dropped at once.',
    'memory.current less memory.stat inactive_file',
  ),
  row(
    'memory.min',
    'gauge',
    'memory_min_bytes',
    'Memory that is never taken from the unit; 0 is none.',
    'memory.min',
  ),
  row(
    'memory.low',
    'gauge',
    'memory_low_bytes',
    'Memory that is taken from the unit only if nothing else is left; 0 is none.',
    'memory.low',
  ),
  row(
    'memory.high',
    'gauge',
    'memory_high_bytes',
    'Memory above which the unit is slowed down; left out where there is no limit.',
    'memory.high',
  ),
  row(
    'memory.max',
    'gauge',
    'memory_max_bytes',
    'Memory above which processes of the unit are killed; left out where there is no limit.',
    'memory.max; v1 memory.limit_in_bytes',
  ),
  {
    value: 'memory.events.low',
    metric: event(
      'low',
      'Times that memory below the low mark was taken from the unit.',
      'memory.events low',
    ),
  },
  {
    value: 'memory.events.high',
    metric: event(
      'high',
      'Times that tasks of the unit were slowed down above the high mark.',
      'memory.events high',
    ),
  },
  {
    value: 'memory.events.max',
    metric: event(
      'max',
      'Times that the unit was about to go over its limit.',
      'memory.events max; v1 memory.failcnt',
    ),
  },
  {
    value: 'memory.events.oom',
    metric: event(
      'oom',
      'Times that the unit was at its limit and an allocation was about to fail.',
      'memory.events oom',
    ),
  },
  {
    value: 'memory.events.oomKill',
    metric: event(
      'oom_kill',
      'Processes of the unit that the kernel killed for want of memory.',
      'memory.events oom_kill; v1 memory.oom_control',
    ),
  },
  row('pids.current', 'gauge', 'tasks_current', 'Tasks (processes and threads) of the unit.', 'pids.current'),
  row(
    'pids.max',
    'gauge',
    'tasks_max',
    'Tasks that the unit may have; left out where there is no limit.',
    'pids.max',
  ),
  row(
    'pids.rejected',
    'counter',
    'tasks_rejected_total',
    'Forks and clones that failed because the unit had as many tasks as it may.',
    'pids.events max',
  ),
  { value: 'pressure.cpu.waiting', metric: stall('cpu', 'waiting') },
  { value: 'pressure.cpu.stalled', metric: stall('cpu', 'stalled') },
  { value: 'pressure.memory.waiting', metric: stall('memory', 'waiting') },
  { value: 'pressure.memory.stalled', metric: stall('memory', 'stalled') },
  { value: 'pressure.io.waiting', metric: stall('io', 'waiting') },
  { value: 'pressure.io.stalled', metric: stall('io', 'stalled') },
  row(
    'io.readBytes',
    'counter',
    'io_read_bytes_total',
    'Bytes that the unit has read from block devices.',
    'io.stat rbytes; v1 blkio.throttle.io_service_bytes',
  ),
  row(
    'io.writtenBytes',
    'counter',
    'io_written_bytes_total',
    'Bytes that the unit has written to block devices.',
    'io.stat wbytes; v1 blkio.throttle.io_service_bytes',
  ),
  row(
    'io.reads',
    'counter',
    'io_reads_total',
    'Read operations of the unit on block devices.',
    'io.stat rios; v1 blkio.throttle.io_serviced',
  ),
  row(
    'io.writes',
    'counter',
    'io_writes_total',
    'Write operations of the unit on block devices.',
    'io.stat wios; v1 blkio.throttle.io_serviced',
  ),
];

function row(value: CgroupValue, type: 'counter' | 'gauge', name: string, help: string, source: string): Row {
  return { value, metric: metric(type, name, help, source) };
}

/** What the kernel accounts to each unit's cgroup. */
export function createCgroupCollector(read: () => Promise<readonly CgroupReading[]>): Collector {
  const blocksOf = createUserBlocks(({ unit }: CgroupReading) => unit, cgroupSamples);
  return {
    name: 'cgroup',
    metrics: [...new Set(ROWS.map((one) => one.metric))],
    collect: async () => blocksOf(await read()),
  };
}

/** Samples of one unit's cgroup; a value that could not be read is left out. */
export function cgroupSamples({ unit, type, values }: CgroupReading): readonly Sample[] {
  const labels = { name: unit, type };
  const samples: Sample[] = [];
  for (const { value, metric: spec, mode } of ROWS) {
    const number = values[value];
    if (number === undefined) continue;
    samples.push({ metric: spec, labels: mode === undefined ? labels : { ...labels, mode }, value: number });
  }
  return samples;
}
