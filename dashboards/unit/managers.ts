import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { hostSeries, promql, unitSeries } from '../promql.ts';
import { TO_UNIT } from './tables.ts';

const wide = { width: 24, height: 10 } as const;

/** Jobs of launchd and how they ended last. */
export const launchdJobs = () =>
  tablePanel(
    {
      title: 'Jobs of launchd',
      description:
        'What launchd says of each job now, and how its last run ended. With a configuration error (exit code 78) a restart will not help: a path or a permission of its property list is wrong.',
      unit: 'none',
      size: wide,
      none: 'No launchd is read here',
    },
    [
      { expr: promql`max by (instance, domain, label, state) (${hostSeries('launchd_job_state')} == 1)` },
      {
        expr: promql`max by (instance, domain, label) (${hostSeries('launchd_job_last_exit_code')})`,
        heading: 'Exit code',
      },
      {
        expr: promql`max by (instance, domain, label) (${hostSeries('launchd_job_config_error')})`,
        heading: 'Configuration error',
      },
      {
        expr: promql`max by (instance, domain, label) (increase(${hostSeries('launchd_job_runs_total')}[$__range]))`,
        heading: 'Starts in the time shown',
      },
    ],
    {
      labels: { label: 'Job', domain: 'Domain', state: 'State', instance: 'Instance' },
      columns: { 'Starts in the time shown': { decimals: 0 } },
      sortedBy: 'Configuration error',
    },
  );

/** Daemons with a pid file. */
export const daemons = () =>
  tablePanel(
    {
      title: 'Daemons with a pid file',
      description:
        'What the pid file of each daemon leads to: active; inactive without a file; failed if its process has ended; unknown if the file cannot be believed. Beside it whether its status file says what it should.',
      unit: 'none',
      size: wide,
      none: 'No daemon is configured',
    },
    [
      { expr: promql`max by (instance, name, state) (${unitSeries('daemon_state')} == 1)` },
      {
        expr: promql`max by (instance, name) (${unitSeries('daemon_status_ok')})`,
        heading: 'Status file is well',
      },
      {
        expr: promql`max by (instance, name) (${unitSeries('daemon_status_modified_timestamp_seconds')}) * 1000`,
        heading: 'Status written',
      },
    ],
    {
      labels: { name: 'Unit', state: 'State', instance: 'Instance' },
      columns: { Unit: { link: TO_UNIT }, 'Status written': { unit: 'dateTimeFromNow' } },
    },
  );

/** CPU time and memory of jobs of launchd, which have other labels than units. */
export const launchdUse = () =>
  timeseriesPanel(
    {
      title: 'CPU time of jobs of launchd',
      description: "Processors that each job's process keeps busy, without its children; 100 % is one core.",
      unit: 'percentunit',
      size: { width: 12, height: 9 },
      none: 'No launchd is read here',
    },
    [
      {
        expr: promql`sum by (instance, domain, label) (rate(${hostSeries('launchd_job_cpu_seconds_total')}[$__rate_interval]))`,
        legend: '{{domain}}/{{label}} ({{instance}})',
      },
    ],
  );

/** Memory of jobs of launchd. */
export const launchdMemory = () =>
  timeseriesPanel(
    {
      title: 'Memory of jobs of launchd',
      description: "Resident memory of each job's process, without its children.",
      unit: 'bytes',
      size: { width: 12, height: 9 },
      none: 'No launchd is read here',
    },
    [
      {
        expr: promql`sum by (instance, domain, label) (${hostSeries('launchd_job_memory_bytes')})`,
        legend: '{{domain}}/{{label}} ({{instance}})',
      },
    ],
  );
