import { timeseriesPanel } from '../panels/timeseries.ts';
import { either, hostSeries, promql, type Selector, unitSeries } from '../promql.ts';
import { UNIT_ON_HOST } from './now.ts';

const half = { width: 12, height: 10 } as const;

/** Memory of each unit over time, with what it may use. */
export const memory = () =>
  timeseriesPanel(
    {
      title: 'Memory and its limits',
      description:
        'Memory of each unit: of its control group with the page cache, or of its processes where there is none (launchd, pid file). Dashed: above "high" the unit is slowed down, above "max" its processes are killed. No dashed line, no limit.',
      unit: 'bytes',
      size: half,
    },
    [
      {
        expr: either(
          promql`sum by (instance, name) (${unitSeries('systemd_unit_memory_current_bytes')})`,
          promql`sum by (instance, name) (${unitSeries('unit_memory_bytes', 'manager!="systemd"')})`,
        ),
        legend: UNIT_ON_HOST,
      },
    ],
    {
      limits: [
        limit('systemd_unit_memory_high_bytes', 'high'),
        limit('systemd_unit_memory_max_bytes', 'max'),
      ],
    },
  );

const limit = (metric: string, word: string) => ({
  expr: promql`max by (instance, name) (${unitSeries(metric)})`,
  legend: `${word}: ${UNIT_ON_HOST}`,
});

/** Metrics of one subject and the word for each in the legend. */
type Parts = Readonly<Record<string, string>>;

const MEMORY_PARTS: Parts = {
  systemd_unit_memory_anon_bytes: 'of no file',
  systemd_unit_memory_file_bytes: 'page cache',
  systemd_unit_memory_kernel_bytes: 'kernel',
  systemd_unit_memory_swap_bytes: 'swap',
  systemd_unit_memory_working_set_bytes: 'working set',
  systemd_unit_memory_peak_bytes: 'most so far',
};

/** What the memory of each unit consists of. */
export const memoryParts = () =>
  timeseriesPanel(
    {
      title: 'What the memory is',
      description:
        'Memory that no file backs (heap, stacks, tmpfs), page cache, what the kernel uses for the unit, and swap. The working set is all but the page cache that can be dropped at once: compare that one with the limits.',
      unit: 'bytes',
      size: half,
      none: 'No chosen unit has a control group',
    },
    Object.entries(MEMORY_PARTS).map(([metric, word]) => ({
      expr: promql`sum by (instance, name) (${unitSeries(metric)})`,
      legend: `${word}: ${UNIT_ON_HOST}`,
    })),
  );

const LIMIT_EVENTS: Parts = {
  systemd_unit_memory_events_low_total: 'below low',
  systemd_unit_memory_events_high_total: 'slowed above high',
  systemd_unit_memory_events_max_total: 'at max',
  systemd_unit_memory_events_oom_total: 'out of memory',
  systemd_unit_memory_events_oom_kill_total: 'processes killed',
  systemd_unit_tasks_rejected_total: 'forks refused',
};

/** How often the limits of each unit were felt. */
export const limitsFelt = () =>
  timeseriesPanel(
    {
      title: 'Limits that were felt',
      description:
        'How often in a second the unit was slowed down above "high", stood at "max", had a process killed, or was refused a fork. All 0 is well. Slowed down without a kill: raise MemoryHigh=, or expect it to be slow.',
      unit: 'ops',
      size: half,
      none: 'No chosen unit has a control group',
    },
    Object.entries(LIMIT_EVENTS).map(([metric, word]) => ({
      expr: promql`sum by (instance, name) (rate(${unitSeries(metric)}[$__rate_interval]))`,
      legend: `${word}: ${UNIT_ON_HOST}`,
    })),
  );

/** Tasks of each unit over time, with how many it may have. */
export const tasks = () =>
  timeseriesPanel(
    {
      title: 'Tasks and their limit',
      description:
        'Processes and threads of each unit; dashed what it may have (TasksMax=). At the limit no fork succeeds, which programs seldom say clearly: see "Limits that were felt".',
      unit: 'short',
      size: half,
      none: 'No chosen unit has a control group',
    },
    [
      {
        expr: promql`sum by (instance, name) (${unitSeries('systemd_unit_tasks_current')})`,
        legend: UNIT_ON_HOST,
      },
      {
        expr: promql`sum by (instance, name) (${unitSeries('daemon_processes')})`,
        legend: `processes: ${UNIT_ON_HOST}`,
      },
    ],
    { limits: [limit('systemd_unit_tasks_max', 'limit')] },
  );

/** Memory on GPUs of each unit over time. */
export const gpuMemory = () =>
  timeseriesPanel(
    {
      title: 'Memory on GPUs',
      description:
        'Memory of each GPU that the processes of a chosen unit use. What is left after the unit has been stopped belongs to a process that did not end.',
      unit: 'bytes',
      size: half,
      none: 'No chosen unit uses a GPU',
    },
    [
      {
        expr: promql`sum by (instance, unit, gpu) (${gpuUnit('gpu_unit_memory_used_bytes')})`,
        legend: '{{unit}} on GPU {{gpu}} ({{instance}})',
      },
    ],
  );

/** Processes on GPUs of each unit over time, and the errors that the driver blames on it. */
export const gpuProcesses = () =>
  timeseriesPanel(
    {
      title: 'Processes on GPUs, and their errors',
      description:
        'Processes of a chosen unit that use each GPU, and errors of the NVIDIA driver (Xid) in which one of them is named, within the interval around each point.',
      unit: 'short',
      size: half,
      none: 'No chosen unit uses a GPU',
    },
    [
      {
        expr: promql`sum by (instance, unit, gpu) (${gpuUnit('gpu_unit_processes')})`,
        legend: '{{unit}} on GPU {{gpu}} ({{instance}})',
      },
      {
        expr: promql`sum by (instance, unit, xid) (increase(${gpuUnit('gpu_unit_xid_errors_total')}[$__rate_interval]))`,
        legend: 'Xid {{xid}}: {{unit}} ({{instance}})',
      },
    ],
  );

/** Series with the label `unit`, of the chosen units. */
function gpuUnit(metric: string): Selector {
  return hostSeries(metric, 'unit=~"$name"');
}
