import { type Absence, orNone } from '../absence.ts';
import { GREY, words } from '../colours.ts';
import { stateTimelinePanel } from '../panels/state-timeline.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { type Expression, hostSeries, promql } from '../promql.ts';
import { collectorWorks } from './series.ts';

const half = { width: 12, height: 8 } as const;
const BACKEND_ON_HOST = '{{backend}} ({{instance}})';

const noBackend = (value = 0): Absence => ({
  known: collectorWorks('gpu'),
  label: 'backend',
  words: 'no GPU to read',
  value,
});

/** Whether GPUs could be read, over time. */
export const successes = () =>
  stateTimelinePanel(
    {
      title: 'Could the GPUs be read',
      description:
        'Each way in which GPUs are read: nvidia-smi, the files of other drivers (drm), those of a Jetson, the PCI bus. While one fails, its GPUs have no values here, rather than old ones.',
      unit: 'none',
      size: half,
    },
    [{ expr: orNone(ofBackends('gpu_collect_success'), noBackend(-1)), legend: BACKEND_ON_HOST }],
    words({ '-1': ['none', GREY], '0': ['failed', 'red'], '1': ['read', 'green'] }),
  );

/** How long reading takes. */
export const durations = () =>
  timeseriesPanel(
    {
      title: 'Time that a reading takes',
      description:
        'How long the last attempt took. nvidia-smi needs a fraction of a second with persistence mode on, and seconds without it. Tens of seconds: the driver hangs.',
      unit: 's',
      size: half,
    },
    [{ expr: orNone(ofBackends('gpu_collect_duration_seconds'), noBackend()), legend: BACKEND_ON_HOST }],
  );

/** How old the values are. */
export const age = () =>
  timeseriesPanel(
    {
      title: 'Age of the last good reading',
      description:
        'Time since the GPUs were last read with success: what the panels above show is so old. It should go up and down like a saw within the interval of the configuration (15 s unless set).',
      unit: 's',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`time() - ${ofBackends('gpu_collect_last_success_timestamp_seconds')}`,
          noBackend(),
        ),
        legend: BACKEND_ON_HOST,
      },
    ],
  );

/** Why readings failed. */
export const failures = () =>
  timeseriesPanel(
    {
      title: 'Failed readings',
      description:
        'Attempts that failed, by reason: timeout (the driver hangs), exit (the program ended without an answer), parse (an answer that fettle does not understand: please report it), missing (no such program), unreadable (files of the kernel).',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, backend, reason) (increase(${hostSeries('gpu_collect_failures_total')}[$__rate_interval])) > 0`,
          { ...noBackend(), words: 'none' },
        ),
        legend: '{{backend}} {{reason}} ({{instance}})',
      },
      {
        expr: orNone(promql`${ofBackends('gpu_collect_stuck_processes')} > 0`, {
          ...noBackend(),
          words: 'none',
        }),
        legend: `hang in the driver: ${BACKEND_ON_HOST}`,
      },
    ],
    { bars: true, decimals: 0 },
  );

/** How the programs ended. */
export const exitCodes = () =>
  tablePanel(
    {
      title: 'Last exit codes',
      description:
        'How the program that reads GPUs last ended. 0 is fine; of nvidia-smi, 9 is no driver, 15 a GPU that is lost, 14 a warning about damaged memory.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(ofBackends('gpu_collect_exit_code'), { ...noBackend(), words: 'no program is run' }),
        heading: 'Exit code',
      },
    ],
    { labels: { backend: 'Read with', instance: 'Instance' } },
  );

/** What drivers do not tell. */
export const untold = () =>
  tablePanel(
    {
      title: 'What the drivers do not tell',
      description:
        'Fields that nvidia-smi left open (N/A) in the last reading, and of how many GPUs. This is why panels above lack them; mostly the card has no such thing, such as a fan or ECC.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(promql`max by (instance, field) (${hostSeries('gpu_value_unavailable')})`, {
          ...noBackend(),
          label: 'field',
          words: 'nothing is left open',
        }),
        heading: 'GPUs',
      },
    ],
    { labels: { field: 'Field', instance: 'Instance' }, columns: { GPUs: { width: 90 } } },
  );

/** How many GPUs there should be, and how many there are. */
export const onTheBus = () =>
  tablePanel(
    {
      title: 'GPUs on the bus, and seen by their drivers',
      description:
        'GPUs that are on the PCI bus, without those given to virtual machines, and those that the driver shows. Fewer that are seen: a GPU that is gone, or one without its driver.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(devices('expected'), {
          known: collectorWorks('gpu_presence'),
          label: 'vendor',
          words: 'no GPU on the bus',
        }),
        heading: 'On the bus',
      },
      { expr: devices('visible'), heading: 'Seen' },
    ],
    { labels: { vendor: 'Maker', instance: 'Instance' } },
  );

function devices(state: string): Expression {
  return promql`sum by (instance, vendor) (${hostSeries('gpu_devices', `state="${state}"`)})`;
}

function ofBackends(metric: string): Expression {
  return promql`max by (instance, backend) (${hostSeries(metric)})`;
}
