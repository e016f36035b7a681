import { above } from '../../compare.ts';
import type { AlertRule, RepairTarget } from '../../rule.ts';

const DAEMON: RepairTarget = { manager: 'pidfile', unit: '{{ $labels.name }}' };
const RESTARTS = 'daemon_restarts_total{job="fettle"}';

/** Daemons with a pid file. Each of them stands in the configuration, so each is meant to run. */
export const DAEMONS: readonly AlertRule[] = [
  {
    alert: 'DaemonDown',
    comment: `Ended, with its pid file left behind or not. One whose pid file cannot be believed is DaemonStateUnknown. Half a minute outlasts a restart.`,
    expr: 'last_over_time(daemon_up{job="fettle"}[2m]) == 0',
    for: '30s',
    severity: 'warning',
    repairs: DAEMON,
    summary: 'A daemon does not run.',
    description:
      'Daemon {{ $labels.name }} on {{ $labels.instance }} does not run. Read its log for how it ended, then start it with its own command (daemons.start of the configuration). `fettle doctor` says what its pid file tells.',
  },
  {
    alert: 'DaemonStateUnknown',
    comment:
      'The pid file names a process that is another one, or cannot be read. Whether the daemon runs is not known, so nothing must be killed.',
    expr: 'last_over_time(daemon_state{job="fettle",state="unknown"}[2m]) == 1',
    for: '5m',
    severity: 'warning',
    summary: 'The pid file of a daemon cannot be believed.',
    description:
      'Whether daemon {{ $labels.name }} on {{ $labels.instance }} runs is not known: its pid file names another process, or cannot be read. Compare the file with `ps`, remove it if it is a left-over, and restart the daemon. daemons.process_name of the configuration makes it easier to tell.',
  },
  {
    alert: 'DaemonStatusBad',
    comment:
      'Its process runs, and its status file is missing, too old, or says that something is wrong: it may hang.',
    expr: `last_over_time(daemon_status_ok{job="fettle"}[2m]) == 0
  and on (job, instance, name) last_over_time(daemon_up{job="fettle"}[2m]) == 1`,
    for: '2m',
    severity: 'warning',
    repairs: DAEMON,
    summary: 'A daemon runs and says that it is not well.',
    description:
      'The status file of daemon {{ $labels.name }} on {{ $labels.instance }} is missing, too old, or names a state that is not expected, while its process runs. Read the file and the log of the daemon; restart it if it hangs.',
  },
  {
    alert: 'DaemonCrashLooping',
    comment: 'The two windows of ServiceCrashLooping. Every new process counts, whoever started it.',
    expr: `${above(`increase(${RESTARTS}[15m])`, 'daemon_restarts_15m')}
or
${above(`increase(${RESTARTS}[1h])`, 'daemon_restarts_1h')}`,
    for: '1m',
    keepFiringFor: '15m',
    severity: 'warning',
    repairs: DAEMON,
    summary: 'A daemon is started over and over.',
    description:
      'Daemon {{ $labels.name }} on {{ $labels.instance }} has been started again and again within 15 minutes or an hour. Read its log for why it ends, and stop whatever starts it while you work on that.',
  },
];
