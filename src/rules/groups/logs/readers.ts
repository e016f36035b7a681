import { above } from '../../compare.ts';
import { happened } from '../../happened.ts';
import type { AlertRule } from '../../rule.ts';

/** Whether logs are read: what is not read alerts nobody. */
export const LOG_READERS: readonly AlertRule[] = [
  {
    alert: 'JournalReaderDown',
    comment: 'Only where the journal is to be read; elsewhere there is no such series.',
    expr: 'max_over_time(journal_reader_up{job="fettle"}[2m]) == 0',
    for: '5m',
    severity: 'warning',
    summary: 'The journal is not read.',
    description:
      'fettle on {{ $labels.instance }} does not read the journal, so nothing alerts that depends on what services log. Read `journalctl -u fettle-exporter -e`; usually fettle is missing in the group systemd-journal, or journalctl does not start.',
  },
  {
    alert: 'LogCollectorLagging',
    comment:
      'Patterns that are found late alert late. Either something logs faster than can be read, or fettle does not get to it.',
    expr: `${above('last_over_time(journal_reader_lag_seconds{job="fettle"}[2m])', 'log_lag_seconds')}
or
${above('last_over_time(kernel_log_lag_seconds{job="fettle"}[2m])', 'log_lag_seconds')}`,
    for: '10m',
    severity: 'warning',
    summary: 'Logs are read with a delay.',
    description:
      'fettle on {{ $labels.instance }} reads {{ if $labels.source }}the log of the kernel{{ else }}the journal{{ end }} {{ $value | humanizeDuration }} late. Look for a unit that logs very much (LogVolumeHigh), and whether the machine is overloaded.',
  },
  {
    alert: 'LogMessagesMissed',
    comment:
      'Messages that were removed or overwritten before they could be read, so what counts them counts too few.',
    expr: `${happened('journal_gaps_total{job="fettle"}', '15m')}
or
${happened('kernel_log_gaps_total{job="fettle"}', '15m')}`,
    for: '5s',
    severity: 'info',
    summary: 'Messages were gone before they could be read.',
    description:
      'On {{ $labels.instance }} messages of the journal or of the kernel were removed within the last 15 minutes before fettle could read them, so counts are too low. Look for what logs so much, and give the journal more room (SystemMaxUse=) or the kernel a larger buffer (log_buf_len=).',
  },
  {
    alert: 'JournalReaderRestarting',
    comment:
      'journalctl falls silent on some machines, without saying so; fettle notices and starts it again. Now and then that is nothing.',
    expr: above('increase(journal_reader_restarts_total{job="fettle"}[1h])', 'log_reader_restarts_1h'),
    for: '1m',
    severity: 'info',
    summary: 'The reader of the journal is started again and again.',
    description:
      'fettle on {{ $labels.instance }} has started journalctl {{ $value | humanize }} times within an hour, because it ended or fell silent. Check the journal (`journalctl --verify`) and the number of inotify watches (`sysctl fs.inotify.max_user_watches`).',
  },
  {
    alert: 'KernelLogNotRead',
    comment:
      'Without it there are no Xids, out-of-memory kills and disk errors to alert of. Where it may not be read on purpose, say exporter.kernel_log: false.',
    expr: 'max_over_time(kernel_log_up{job="fettle"}[2m]) == 0',
    for: '15m',
    severity: 'warning',
    summary: 'The log of the kernel is not read.',
    description:
      'fettle on {{ $labels.instance }} does not read the log of the kernel ({{ $labels.source }}), so it sees no Xids, out-of-memory kills or disk errors. It needs CAP_SYSLOG for /dev/kmsg, or the group systemd-journal for journalctl: `fettle doctor` says which is missing.',
  },
];
