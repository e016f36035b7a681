import { words } from '../colours.ts';
import { stateTimelinePanel } from '../panels/state-timeline.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { hostSeries, promql } from '../promql.ts';

const half = { width: 12, height: 9 } as const;

/** How busy the processors of each host are. */
export const hostCpu = () =>
  timeseriesPanel(
    {
      title: 'Processors',
      description:
        'Share of all processors of each host that was busy, and tasks that run or wait for each processor (load of a minute). A load that stays above 1 means that tasks wait.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: promql`1 - sum by (instance) (rate(${hostSeries('machine_cpu_seconds_total', 'mode=~"idle|iowait"')}[$__rate_interval])) / sum by (instance) (rate(${hostSeries('machine_cpu_seconds_total', 'mode!~"guest|guest_nice"')}[$__rate_interval]))`,
        legend: 'busy ({{instance}})',
      },
      {
        expr: promql`${hostSeries('machine_load1')} / ${hostSeries('machine_cpus')}`,
        legend: 'load a processor ({{instance}})',
      },
    ],
  );

/** Memory and swap of each host. */
export const hostMemory = () =>
  timeseriesPanel(
    {
      title: 'Memory',
      description:
        'Memory of each host that programs have, swap that is used, and dashed all there is. Cached files are not in it, since they are given back when they are needed.',
      unit: 'bytes',
      size: half,
    },
    [
      {
        expr: promql`${hostSeries('machine_memory_total_bytes')} - ${hostSeries('machine_memory_available_bytes')}`,
        legend: 'used ({{instance}})',
      },
      {
        expr: promql`${hostSeries('machine_memory_cached_bytes')} + ${hostSeries('machine_memory_buffers_bytes')}`,
        legend: 'cache ({{instance}})',
      },
      {
        expr: promql`${hostSeries('machine_swap_total_bytes')} - ${hostSeries('machine_swap_free_bytes')}`,
        legend: 'swap ({{instance}})',
      },
    ],
    { limits: [{ expr: promql`${hostSeries('machine_memory_total_bytes')}`, legend: 'all ({{instance}})' }] },
  );

const WAITS = ['cpu', 'memory', 'io'] as const;
const STALLS = ['memory', 'io'] as const;

/** Time in which tasks of each host waited. */
export const hostPressure = () =>
  timeseriesPanel(
    {
      title: 'Time spent waiting (PSI)',
      description:
        'Share of the time in which some task of the host waited for a processor, for memory or for a disk, and, where it says "all", in which nothing else went on. A tenth is felt.',
      unit: 'percentunit',
      size: half,
      none: 'These kernels do not tell it (no /proc/pressure)',
    },
    [
      ...WAITS.map((resource) => pressure(resource, 'waiting', resource)),
      ...STALLS.map((resource) => pressure(resource, 'stalled', `${resource}, all`)),
    ],
  );

function pressure(resource: string, kind: 'waiting' | 'stalled', word: string) {
  const series = hostSeries(`machine_pressure_${resource}_${kind}_seconds_total`);
  return { expr: promql`rate(${series}[$__rate_interval])`, legend: `${word} ({{instance}})` };
}

/** What systemd says of each system as a whole. */
export const systemState = () =>
  stateTimelinePanel(
    {
      title: 'State of the system, in the words of systemd',
      description:
        '"Degraded" means that some unit has failed. "Maintenance" is a rescue shell, and "starting" that goes on is a job that hangs.',
      unit: 'none',
      size: half,
      none: 'No systemd on these hosts',
    },
    [
      {
        expr: promql`max by (instance) (
  ${hostSeries('systemd_system_state', 'state="running"')} * 1
  or ${hostSeries('systemd_system_state', 'state="degraded"')} * 2
  or ${hostSeries('systemd_system_state', 'state=~"initializing|starting|stopping"')} * 3
  or ${hostSeries('systemd_system_state', 'state=~"maintenance|offline|unknown"')} * 4
)`,
        legend: '{{instance}}',
      },
    ],
    words({
      '1': ['running', 'green'],
      '2': ['degraded', 'red'],
      '3': ['starts or stops', 'blue'],
      '4': ['maintenance or not known', 'orange'],
    }),
  );

/** Units of each host by state, and the jobs of systemd. */
export const unitsByState = () =>
  timeseriesPanel(
    {
      title: 'Units by state, and jobs of systemd',
      description:
        'How many of the exported units are in each state, and how many starts and stops systemd has before it. Jobs that stay are units that wait for each other.',
      unit: 'short',
      size: half,
      none: 'No systemd on these hosts',
    },
    [
      {
        expr: promql`sum by (instance, state) (${hostSeries('systemd_units')})`,
        legend: '{{state}} ({{instance}})',
      },
      { expr: promql`max by (instance) (${hostSeries('systemd_jobs')})`, legend: 'jobs ({{instance}})' },
    ],
  );

/** Each host: since when it is up, and what it waits for. */
export const hosts = () =>
  tablePanel(
    {
      title: 'Hosts',
      description:
        'When each host was started, the version of its systemd, how long its boot took until all units were up, whether its distribution asks for a reboot (1), and whether a hardware watchdog would reset it if it hung (1).',
      unit: 'none',
      size: { width: 24, height: 6 },
    },
    [
      {
        expr: promql`max by (instance) (${hostSeries('machine_boot_time_seconds')}) * 1000`,
        heading: 'Started',
      },
      { expr: promql`max by (instance, version) (${hostSeries('systemd_version_info')})` },
      {
        expr: promql`max by (instance) (${hostSeries('systemd_boot_monotonic_seconds', 'stage="Finish"')})`,
        heading: 'Boot took',
      },
      {
        expr: promql`max by (instance) (${hostSeries('machine_reboot_required')})`,
        heading: 'Wants a reboot',
      },
      { expr: promql`max by (instance) (${hostSeries('systemd_watchdog_enabled')})`, heading: 'Watchdog' },
    ],
    {
      labels: { instance: 'Instance', version: 'systemd' },
      columns: { Started: { unit: 'dateTimeFromNow' }, 'Boot took': { unit: 's' } },
    },
  );
