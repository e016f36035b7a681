import { type Absence, orNone } from '../absence.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { type Expression, hostSeries, promql } from '../promql.ts';

const half = { width: 12, height: 8 } as const;

/** What the kernel log told, by kind. */
export const events = () =>
  timeseriesPanel(
    {
      title: 'What the kernel log says',
      description:
        'Lines of the kernel log that tell of trouble: processes killed for want of memory, errors of disks and of file systems, processors too hot, and errors of GPUs. "nothing" is a good sign; no line at all: the log is not read. The dashboard of GPUs has the Xids one by one.',
      unit: 'short',
      size: { width: 24, height: 8 },
    },
    [
      {
        expr: orNone(
          promql`(
  ${counted('killed for want of memory', 'kernel_oom_kills_total')}
  or ${counted('error of a disk', 'kernel_io_errors_total')}
  or ${counted('error of a file system', 'kernel_filesystem_errors_total')}
  or ${counted('processor too hot', 'kernel_thermal_throttle_events_total')}
  or ${counted('Xid of a GPU', 'gpu_xid_errors_total')}
  or ${counted('SXid of a switch', 'gpu_nvswitch_sxid_errors_total')}
  or ${counted('driver of a GPU', 'kernel_gpu_driver_errors_total')}
) > 0`,
          { known: hostSeries('kernel_log_up'), label: 'event', words: 'nothing' },
        ),
        legend: '{{event}} ({{instance}})',
      },
    ],
    { bars: true, decimals: 0 },
  );

function counted(what: string, metric: string): Expression {
  const phrase: Expression = { kind: 'expression', text: what };
  return promql`label_replace(sum by (instance) (increase(${hostSeries(metric)}[$__rate_interval])), "event", "${phrase}", "", "")`;
}

/** Which disks and file systems the kernel complained about. */
export const disks = () =>
  timeseriesPanel(
    {
      title: 'Disks and file systems',
      description:
        'Errors by the device that the kernel names. A disk that shows up here is dying or badly connected: save what is on it, then look at "smartctl -a". A file system that tells of damage may have become read-only.',
      unit: 'short',
      size: half,
    },
    [
      bySource('device', 'kernel_io_errors_total', '{{device}} ({{instance}})'),
      bySource(
        'filesystem, device',
        'kernel_filesystem_errors_total',
        '{{filesystem}} on {{device}} ({{instance}})',
      ),
    ],
    { bars: true, decimals: 0 },
  );

function bySource(labels: string, metric: string, legend: string) {
  const by: Expression = { kind: 'expression', text: labels };
  const counts = promql`sum by (instance, ${by}) (increase(${hostSeries(metric)}[$__rate_interval])) > 0`;
  return { expr: orNone(counts, noEvent('device')), legend };
}

function noEvent(label: string): Absence {
  return { known: hostSeries('kernel_log_up'), label, words: 'no error' };
}

/** How far behind the readers of logs are. */
export const lag = () =>
  timeseriesPanel(
    {
      title: 'How far behind the readers are',
      description:
        'How old the message was that was read last (journal), and how long ago all of the kernel log had been read. Seconds under a flood of messages are normal; minutes mean that it comes faster than it can be read.',
      unit: 's',
      size: half,
    },
    [
      reader('journal_reader_lag_seconds', 'journal', 'journal_reader_up'),
      reader('kernel_log_lag_seconds', 'kernel log', 'kernel_log_up'),
    ],
  );

function reader(metric: string, what: string, up: string) {
  const absence = { known: hostSeries(up), label: 'instance', words: 'no figure' };
  return {
    expr: orNone(promql`max by (instance) (${hostSeries(metric)})`, absence),
    legend: `${what} ({{instance}})`,
  };
}

/** What the readers of logs missed. */
export const losses = () =>
  timeseriesPanel(
    {
      title: 'What the readers missed',
      description:
        'Messages that could not be counted (missed: removed before they were read), gaps in either log, and how often journalctl had to be started again. A little after a flood is no harm; again and again: the journal is too small (SystemMaxUse= in journald.conf), or the machine too busy.',
      unit: 'short',
      size: half,
    },
    [
      missed('instance, reason', 'journal_reader_dropped_total', 'journal: {{reason}}', 'journal_reader_up'),
      missed('instance', 'journal_gaps_total', 'journal: gaps', 'journal_reader_up'),
      missed('instance', 'journal_reader_restarts_total', 'journal: started again', 'journal_reader_up'),
      missed('instance', 'kernel_log_gaps_total', 'kernel log: gaps', 'kernel_log_up'),
    ],
    { decimals: 0 },
  );

function missed(labels: string, metric: string, legend: string, up: string) {
  const by: Expression = { kind: 'expression', text: labels };
  const counts = promql`sum by (${by}) (increase(${hostSeries(metric)}[$__rate_interval]))`;
  const absence = { known: hostSeries(up), label: 'instance', words: 'no figure' };
  return { expr: orNone(counts, absence), legend: `${legend} ({{instance}})` };
}
