import { orNone } from '../absence.ts';
import { ENDINGS, GREY, NEUTRAL, RUNS_FULL } from '../colours.ts';
import { barGaugePanel } from '../panels/gauge.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { hostSeries, promql } from '../promql.ts';

const third = { width: 8, height: 9 } as const;
const half = { width: 12, height: 9 } as const;

/** What runs full: memory of the hosts and their file systems. */
export const runsFull = () =>
  barGaugePanel(
    {
      title: 'What runs full',
      description:
        'Memory of each host (what no program could get), and the eight fullest file systems. Above 90 % there is little time left: models and logs are what fills disks here.',
      unit: 'percentunit',
      size: third,
    },
    [
      {
        expr: promql`topk(8, 1 - ${hostSeries('machine_memory_available_bytes')} / ${hostSeries('machine_memory_total_bytes')})`,
        legend: 'memory ({{instance}})',
      },
      {
        expr: promql`topk(8, max by (instance, mountpoint) (1 - ${hostSeries('machine_filesystem_available_bytes')} / (${hostSeries('machine_filesystem_size_bytes')} > 0)))`,
        legend: '{{mountpoint}} ({{instance}})',
      },
    ],
    { thresholds: RUNS_FULL, max: 1, decimals: 1 },
  );

/** The services that use most memory. */
export const mostMemory = () =>
  barGaugePanel(
    {
      title: 'Services with most memory',
      description:
        'The ten services that use most memory now, page cache included where there is a control group.',
      unit: 'bytes',
      size: third,
    },
    [
      {
        expr: promql`topk(10, max by (instance, name) (${hostSeries('unit_memory_bytes')}))`,
        legend: '{{name}} ({{instance}})',
      },
    ],
    { thresholds: NEUTRAL },
  );

/** The services that use most CPU time. */
export const mostCpu = () =>
  barGaugePanel(
    {
      title: 'Services with most CPU time',
      description: 'The ten services that keep most processors busy now, as an average; 100 % is one core.',
      unit: 'percentunit',
      size: third,
    },
    [
      {
        expr: promql`topk(10, sum by (instance, name) (rate(${hostSeries('unit_cpu_seconds_total')}[$__rate_interval])))`,
        legend: '{{name}} ({{instance}})',
      },
    ],
    { thresholds: NEUTRAL, decimals: 1 },
  );

/** Restarts of services over time: which ones do not stay up. */
export const restarts = () =>
  timeseriesPanel(
    {
      title: 'Services that were restarted',
      description:
        'Automatic restarts within the interval around each point, of those services that had any. One line that comes again and again is a crash loop.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, name) (increase(${hostSeries('unit_restarts_total')}[$__rate_interval])) > 0`,
          { known: hostSeries('up'), label: 'name', words: 'no service' },
        ),
        legend: '{{name}} ({{instance}})',
      },
    ],
  );

/** Repairs over time by how they ended. */
export const repairs = () =>
  timeseriesPanel(
    {
      title: 'Repairs',
      description:
        'Repairs within the interval around each point by how they ended: repaired is proven; eased means that the alert is over; exhausted means given up; interrupted means that fettle itself stopped meanwhile. "Refused" are decisions to do nothing, with the reason in the dashboard "Repairs".',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (ending) (increase(${hostSeries('fettle_repairs_ended_total')}[$__rate_interval]))`,
          { known: hostSeries('fettle_remediator_up'), label: 'ending', words: 'no repair yet' },
        ),
        legend: '{{ending}}',
      },
      {
        expr: promql`sum(increase(${hostSeries('fettle_decisions_total', 'decision="refuse"')}[$__rate_interval]))`,
        legend: 'refused',
      },
    ],
    { colours: { ...ENDINGS, refused: GREY } },
  );
