import { above } from '../../compare.ts';
import { type AlertRule, SYSTEMD_UNIT } from '../../rule.ts';

const RESTARTS = 'systemd_service_restart_total{job="fettle"}';

/** Services that end by themselves again and again. */
export const CRASHES: readonly AlertRule[] = [
  {
    alert: 'ServiceCrashLooping',
    comment: `systemd_service_restart_total is systemd's NRestarts: the automatic restarts since the unit was last started by hand. \`systemctl restart\` puts it back to 0, which increase() takes for a counter reset, so a restart by hand counts as nothing.

Two windows, because one is blind: a service with RestartSec=300 restarts three times in 15 minutes and would never pass the first line. It passes the second.

The thresholds mean "more than 3" and "more than 5". They end in .5 because increase() extrapolates: when scrape and evaluation are out of step, 3 restarts read as up to 3.05 at a 15 s scrape interval and as 3.2 at 60 s.

keep_firing_for bridges a service that holds out for ten minutes now and then.`,
    expr: `${above(`increase(${RESTARTS}[15m])`, 'restarts_15m')}
or
${above(`increase(${RESTARTS}[1h])`, 'restarts_1h')}`,
    for: '1m',
    keepFiringFor: '15m',
    severity: 'warning',
    repairs: SYSTEMD_UNIT,
    summary: 'A service crashes and is restarted over and over.',
    description:
      'systemd restarted {{ $labels.name }} on {{ $labels.instance }} more than 3 times in 15 minutes, or more than 5 times in an hour (or the thresholds restarts_15m and restarts_1h), each time because it ended by itself. Read `journalctl -u {{ $labels.name }} -e` for the reason it ends; while you work on it, `systemctl stop {{ $labels.name }}` ends the loop.',
  },
  {
    alert: 'ServiceRestartsOften',
    comment: `The first sign of a leak or a bad card, for people: too seldom to be a loop. While ServiceCrashLooping fires for the unit Alertmanager holds this one back, and it ends by itself an hour after the last restart.`,
    expr: above(`increase(${RESTARTS}[1h])`, 'restarts_often_1h'),
    for: '1m',
    severity: 'warning',
    about: '{{ $labels.name }}',
    summary: 'A service has been restarted several times within an hour.',
    description:
      'systemd restarted {{ $labels.name }} on {{ $labels.instance }} more than 3 times within an hour (or the threshold restarts_often_1h). Read `journalctl -u {{ $labels.name }} --since -1h` for why it ended, and compare its memory and GPU figures before each restart.',
  },
  {
    alert: 'UnitFlapping',
    comment: `Counts how often the unit became active, by whomever: also restarts by hand, by a script or by another unit, which systemd's own counter of restarts knows nothing of. Those between two scrapes count too. Only services: mounts and sockets may come and go with their users.`,
    expr: above(
      'increase(systemd_unit_activations_total{job="fettle",type="service"}[1h])',
      'activations_1h',
    ),
    for: '1m',
    keepFiringFor: '15m',
    severity: 'warning',
    about: '{{ $labels.name }}',
    summary: 'A service goes up and down.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} became active more than 10 times within an hour (or the threshold activations_1h). `journalctl -u {{ $labels.name }} --since -1h` shows who stops and starts it: itself, a timer, a script, another unit, or fettle (`fettle repairs --unit {{ $labels.name }}`).',
  },
];
