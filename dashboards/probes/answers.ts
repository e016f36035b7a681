import { orNone } from '../absence.ts';
import { GREY, words } from '../colours.ts';
import { stateTimelinePanel } from '../panels/state-timeline.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { promql } from '../promql.ts';
import { availability, noProbe, ofEachProbe, PROBE_ON_HOST, probeSeries } from './series.ts';

const half = { width: 12, height: 9 } as const;

/** What a probe says, in words. */
const RESULT = words({ '-1': ['none', GREY], '0': ['fails', 'red'], '1': ['well', 'green'] });

/** What each probe said over time. */
export const results = () =>
  stateTimelinePanel(
    {
      title: 'What each probe says',
      description:
        'One row a probe, 20 rows a page: green while its answers are as they should be, red while they are not, and a gap while there is no answer that is new enough. Several rows that turn red together have something in common: a network, a disk, a GPU.',
      unit: 'none',
      size: { width: 24, height: 9 },
    },
    [
      {
        expr: orNone(ofEachProbe(probeSeries('fettle_probe_success')), noProbe('no probe', -1)),
        legend: PROBE_ON_HOST,
      },
    ],
    RESULT,
  );

/** Every probe with its last answer. */
export const everyProbe = () =>
  tablePanel(
    {
      title: 'Every probe',
      description:
        'The last answer of each probe, how long it took and how old it is; how many of its questions were answered well in the time shown, and when the certificate that it saw ends. A click on a unit leads to its own page.',
      unit: 'none',
      size: { width: 24, height: 8 },
    },
    [
      {
        expr: orNone(ofEachProbe(probeSeries('fettle_probe_success')), noProbe('no probe', -1)),
        heading: 'Says',
      },
      { expr: ofEachProbe(probeSeries('fettle_probe_duration_seconds')), heading: 'Took' },
      {
        expr: promql`${ofEachProbe(probeSeries('fettle_probe_last_run_timestamp_seconds'))} * 1000`,
        heading: 'Last asked',
      },
      { expr: availability('$__range'), heading: 'Answered well' },
      { expr: ofEachProbe(probeSeries('fettle_probe_http_status_code')), heading: 'Status' },
      { expr: ofEachProbe(probeSeries('fettle_probe_exit_code')), heading: 'Exit code' },
      {
        expr: promql`${ofEachProbe(probeSeries('fettle_probe_certificate_expiry_timestamp_seconds'))} * 1000`,
        heading: 'Certificate ends',
      },
    ],
    {
      labels: { probe: 'Probe', type: 'Asks by', unit: 'Unit', instance: 'Instance' },
      columns: {
        'Asks by': { width: 90 },
        Says: { meanings: RESULT, width: 70 },
        Took: { unit: 's', decimals: 1, width: 100 },
        'Last asked': { unit: 'dateTimeFromNow', width: 160 },
        'Answered well': { unit: 'percentunit', decimals: 2, width: 125 },
        Status: { width: 80 },
        'Exit code': { width: 95 },
        'Certificate ends': { unit: 'dateTimeFromNow', width: 150 },
        Unit: {
          link: {
            title: 'The unit in detail',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in, not JavaScript.
            url: '/d/fettle-unit?var-name=${__value.raw}&${__url_time_range}',
          },
        },
      },
    },
  );

/** How long answers take. */
export const durations = () =>
  timeseriesPanel(
    {
      title: 'Time to an answer',
      description:
        'From the question to the end of its answer, or to the end of waiting. A line that lies flat at the timeout is a service that hangs. Slow and steady growth mostly is a queue: look at the values below.',
      unit: 's',
      size: half,
    },
    [
      {
        expr: orNone(ofEachProbe(probeSeries('fettle_probe_duration_seconds')), noProbe('no probe')),
        legend: PROBE_ON_HOST,
      },
    ],
  );

/** Where the time goes. */
export const phases = () =>
  timeseriesPanel(
    {
      title: 'Where the time goes',
      description:
        'The parts of each question over a connection: resolve (the name), connect, tls, processing (until the first byte) and transfer. Long to resolve: DNS. Long to connect: the network, or a listener that is full. Long to process: the service itself.',
      unit: 's',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`max by (instance, probe, phase) (${probeSeries('fettle_probe_phase_duration_seconds')})`,
          noProbe('no probe over a connection'),
        ),
        legend: '{{probe}} {{phase}} ({{instance}})',
      },
    ],
  );

/** No reason is green. */
const REASONS = {
  refused: 'orange',
  timeout: 'red',
  status: 'yellow',
  content: 'light-yellow',
  certificate: 'purple',
} as const;

/** Why questions failed. */
export const failures = () =>
  timeseriesPanel(
    {
      title: 'Why questions failed',
      description:
        'Failed questions by reason. refused: nobody listens. timeout: somebody listens and does not answer. status, content: there was an answer, of the wrong kind. certificate: it is not to be trusted, or has ended. internal: a fault of fettle; please report it.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, probe, reason) (increase(${probeSeries('fettle_probe_failures_total')}[$__rate_interval])) > 0`,
          noProbe('none failed'),
        ),
        legend: '{{probe}} {{reason}} ({{instance}})',
      },
    ],
    { bars: true, decimals: 0, colours: REASONS },
  );

/** How many questions were answered well, over time. */
export const availabilityOverTime = () =>
  timeseriesPanel(
    {
      title: 'Answered well, over time',
      description:
        'Share of the questions around each point that were answered as they should be. A service that answers nine times of ten is not down and not up: it shows here, and in the timeline as stripes.',
      unit: 'percentunit',
      size: half,
    },
    [{ expr: orNone(availability('$__rate_interval'), noProbe('no probe')), legend: PROBE_ON_HOST }],
    { max: 1 },
  );

/** Numbers in the answers. */
export const values = () =>
  timeseriesPanel(
    {
      title: 'Numbers in the answers',
      description:
        'Numbers that services tell of themselves in their answers, by the names that the configuration gives them: lengths of queues, models that are loaded, workers that are left.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`max by (instance, probe, field) (${probeSeries('fettle_probe_value')})`,
          noProbe('no answer with numbers'),
        ),
        legend: '{{probe}} {{field}} ({{instance}})',
      },
    ],
    { min: 'auto' },
  );

/** How long each certificate is still good. */
export const certificateDays = () =>
  timeseriesPanel(
    {
      title: 'Time left of certificates',
      description:
        'Time until the first certificate in the chain ends that each probe saw; below 0 it has ended. A line that falls and does not jump up about 30 days before its end was not renewed; one that jumped up on disk but not here needs a reload of the service.',
      unit: 's',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`${ofEachProbe(probeSeries('fettle_probe_certificate_expiry_timestamp_seconds'))} - time()`,
          noProbe('no probe over TLS'),
        ),
        legend: PROBE_ON_HOST,
      },
    ],
    { min: 'auto' },
  );

/** Files that are looked for. */
export const files = () =>
  tablePanel(
    {
      title: 'Files and folders',
      description:
        'What probes of files and folders found last: how many files fit, how large they are together, when the newest was written, and what is free on their file system. A model that is copied to the folder grows here; one that is half there fails its probe by size.',
      unit: 'none',
      size: { width: 24, height: 6 },
    },
    [
      {
        expr: orNone(ofEachProbe(probeSeries('fettle_probe_size_bytes')), noProbe('no probe of files')),
        heading: 'Size',
      },
      { expr: ofEachProbe(probeSeries('fettle_probe_files')), heading: 'Files' },
      {
        expr: promql`${ofEachProbe(probeSeries('fettle_probe_modified_timestamp_seconds'))} * 1000`,
        heading: 'Last written',
      },
      { expr: ofEachProbe(probeSeries('fettle_probe_free_bytes')), heading: 'Free' },
    ],
    {
      labels: { probe: 'Probe', type: 'Asks by', instance: 'Instance' },
      columns: {
        Size: { unit: 'bytes', decimals: 1 },
        Files: { width: 80 },
        'Last written': { unit: 'dateTimeFromNow' },
        Free: { unit: 'bytes', decimals: 1 },
      },
    },
  );
