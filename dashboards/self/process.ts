import { timeseriesPanel } from '../panels/timeseries.ts';
import { hostSeries, promql } from '../promql.ts';

const half = { width: 12, height: 9 } as const;
const ON_HOST = '{{job}} ({{instance}})';

/** Memory of the processes. */
export const memory = () =>
  timeseriesPanel(
    {
      title: 'Memory of fettle',
      description:
        'Resident memory of each process, and what of it V8 uses and what other parts of Node.js hold. It rises for some hours after a start; a slope that never ends is a leak.',
      unit: 'bytes',
      size: half,
    },
    [
      { expr: promql`${hostSeries('process_resident_memory_bytes')}`, legend: `resident: ${ON_HOST}` },
      { expr: promql`${hostSeries('nodejs_heap_size_used_bytes')}`, legend: `heap in use: ${ON_HOST}` },
      { expr: promql`${hostSeries('nodejs_external_memory_bytes')}`, legend: `outside the heap: ${ON_HOST}` },
    ],
    {
      limits: [{ expr: promql`${hostSeries('nodejs_heap_size_total_bytes')}`, legend: `heap: ${ON_HOST}` }],
    },
  );

/** CPU time of the processes. */
export const cpu = () =>
  timeseriesPanel(
    {
      title: 'CPU time of fettle',
      description:
        'Processors that each process keeps busy; 100 % is one core. Programs that it starts are not in it.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: promql`rate(${hostSeries('process_cpu_user_seconds_total')}[$__rate_interval])`,
        legend: `user: ${ON_HOST}`,
      },
      {
        expr: promql`rate(${hostSeries('process_cpu_system_seconds_total')}[$__rate_interval])`,
        legend: `system: ${ON_HOST}`,
      },
    ],
  );

/** How late the event loop is. */
export const eventLoop = () =>
  timeseriesPanel(
    {
      title: 'Delay of the event loop',
      description:
        'How late timers came since the last scrape: half of them, 99 of 100, and the latest. A timer of 10 ms is part of it. While it is late, fettle answers nobody.',
      unit: 's',
      size: half,
    },
    [
      { expr: promql`${hostSeries('nodejs_eventloop_lag_p50_seconds')}`, legend: `half: ${ON_HOST}` },
      { expr: promql`${hostSeries('nodejs_eventloop_lag_p99_seconds')}`, legend: `99 %: ${ON_HOST}` },
      { expr: promql`${hostSeries('nodejs_eventloop_lag_max_seconds')}`, legend: `latest: ${ON_HOST}` },
    ],
  );

/** How much time goes into collecting garbage. */
export const garbage = () =>
  timeseriesPanel(
    {
      title: 'Collecting garbage',
      description:
        'Share of the time that V8 spent on collecting garbage, by kind. Major ones hold everything up.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: promql`sum by (instance, job, kind) (rate(${hostSeries('nodejs_gc_duration_seconds_sum')}[$__rate_interval]))`,
        legend: `{{kind}}: ${ON_HOST}`,
      },
    ],
  );

/** Open files and their limit. */
export const files = () =>
  timeseriesPanel(
    {
      title: 'Open files',
      description:
        'Files that each process has open, cgroups and connections among them; dashed how many it may have.',
      unit: 'short',
      size: half,
      none: 'These kernels do not tell it',
    },
    [{ expr: promql`${hostSeries('process_open_fds')}`, legend: ON_HOST }],
    { limits: [{ expr: promql`${hostSeries('process_max_fds')}`, legend: `limit: ${ON_HOST}` }] },
  );

/** What keeps the event loop alive. */
export const resources = () =>
  timeseriesPanel(
    {
      title: 'What the event loop waits for',
      description:
        'Timers, sockets, pipes, children and reads that are under way, by kind. A kind that only rises is a leak.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: promql`sum by (instance, job, type) (${hostSeries('nodejs_active_resources')})`,
        legend: `{{type}}: ${ON_HOST}`,
      },
    ],
  );
