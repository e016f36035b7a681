import { orNone } from '../absence.ts';
import { words } from '../colours.ts';
import { stateTimelinePanel } from '../panels/state-timeline.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { hostSeries, promql } from '../promql.ts';

const half = { width: 12, height: 9 } as const;
const tall = { width: 12, height: 14 } as const;
const ON_HOST = '{{job}} ({{instance}})';

/** Whether each target answers, over time. */
export const answers = () =>
  stateTimelinePanel(
    {
      title: 'Answers to Prometheus',
      description: 'Whether each exporter and remediator answered each scrape.',
      unit: 'none',
      size: half,
    },
    [{ expr: promql`${hostSeries('up')}`, legend: ON_HOST }],
    words({ '0': ['silent', 'red'], '1': ['answers', 'green'] }),
  );

/** How long scrapes take. */
export const scrapeSeconds = () =>
  timeseriesPanel(
    {
      title: 'Time of a scrape',
      description:
        'How long each scrape took, as Prometheus measured it. A collector that hangs costs five seconds at most; what is near the scrape timeout will soon be missing.',
      unit: 's',
      size: half,
    },
    [{ expr: promql`${hostSeries('scrape_duration_seconds')}`, legend: ON_HOST }],
  );

/** How large pages are. */
export const pageSeries = () =>
  timeseriesPanel(
    {
      title: 'Size of a page',
      description:
        'Series on each page, as Prometheus counted them. Some 30 a unit, more with all families of cgroups. A page that grows without end is a label that should not be one.',
      unit: 'short',
      size: half,
    },
    [{ expr: promql`${hostSeries('scrape_samples_scraped')}`, legend: ON_HOST }],
  );

/** Series that come and go. */
export const newSeries = () =>
  timeseriesPanel(
    {
      title: 'New series in a scrape',
      description:
        'Series that Prometheus had not seen before. Some at each start of a unit or of fettle; many all the time are a cost that Prometheus pays.',
      unit: 'short',
      size: half,
    },
    [{ expr: promql`${hostSeries('scrape_series_added')}`, legend: ON_HOST }],
  );

/** How long each collector takes. */
export const collectorSeconds = () =>
  timeseriesPanel(
    {
      title: 'Time of each collector',
      description:
        'How long each collector took in each scrape; they run side by side, so the longest one counts. Five seconds is the limit.',
      unit: 's',
      size: tall,
    },
    [
      {
        expr: promql`max by (instance, job, collector) (${hostSeries('fettle_collector_duration_seconds')})`,
        legend: '{{collector}} ({{instance}})',
      },
    ],
  );

/** Whether each collector could read its subject. */
export const collectorSuccess = () =>
  stateTimelinePanel(
    {
      title: 'Collectors',
      description:
        'Whether each collector could read its subject. Having nothing to read is no failure: a machine without a GPU is green.',
      unit: 'none',
      size: tall,
    },
    [
      {
        expr: promql`max by (instance, job, collector) (${hostSeries('fettle_collector_success')})`,
        legend: '{{collector}} ({{instance}})',
      },
    ],
    words({ '0': ['fails', 'red'], '1': ['works', 'green'] }),
  );

/** What hangs, and what is left out for that. */
export const hungReads = () =>
  timeseriesPanel(
    {
      title: 'Reads that hang',
      description:
        'For how long each sensor, card or file system has not answered. Such a device often needs a reset, and a file system of another machine its server.',
      unit: 's',
      size: half,
    },
    [
      {
        expr: orNone(promql`max by (instance, path) (${hostSeries('fettle_hung_read_seconds')})`, {
          known: hostSeries('fettle_collector_success', 'collector="slow_reads"'),
          label: 'path',
          words: 'nothing hangs',
        }),
        legend: '{{path}} ({{instance}})',
      },
    ],
  );

/** Reads that were not begun since something else hangs. */
export const readsLeftOut = () =>
  timeseriesPanel(
    {
      title: 'Reads left out',
      description:
        'Reads in a second that were not begun, since something else of their device hangs, or what hangs has all places. Their series are missing meanwhile.',
      unit: 'ops',
      size: half,
    },
    [
      {
        expr: promql`rate(${hostSeries('fettle_reads_left_out_total')}[$__rate_interval])`,
        legend: '{{instance}}',
      },
    ],
  );

/** Which fettle runs where. */
export const versions = () =>
  tablePanel(
    {
      title: 'Versions',
      description: 'The version of each fettle and of the Node.js that runs it, and when it was started.',
      unit: 'none',
      size: { width: 24, height: 6 },
    },
    [
      { expr: promql`max by (instance, job, version, node) (${hostSeries('fettle_build_info')})` },
      {
        expr: promql`max by (instance, job) (${hostSeries('process_start_time_seconds')}) * 1000`,
        heading: 'Started',
      },
    ],
    {
      labels: { instance: 'Instance', job: 'Job', version: 'fettle', node: 'Node.js' },
      columns: { Started: { unit: 'dateTimeFromNow' } },
    },
  );
