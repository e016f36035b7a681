import { above } from '../../compare.ts';
import { heldUnit } from '../../held.ts';
import { inParentheses } from '../../indented.ts';
import { type AlertRule, SYSTEMD_UNIT } from '../../rule.ts';

const FAILED = 'systemd_unit_state{job="fettle",state="failed"}';

/** Units that have failed, or that systemd could not load. */
export const FAILURES: readonly AlertRule[] = [
  {
    alert: 'UnitFailed',
    comment: `A failed unit stays failed until somebody acts: systemd has used up the restarts it was allowed, or was told to make none. Waiting five minutes, as is common, would add five minutes of outage and no knowledge. \`for: 5s\` is shorter than an evaluation interval on purpose: anything above zero asks for two evaluations in a row, so a unit that only passes through "failed" while somebody deploys does not alert.

With exporter.systemd.unit_state: nonzero the series goes away when the unit is well again. So a past "failed" is believed only while a scrape is missing, and only if the alert is there already: the first scrape that shows the unit repaired is the end.`,
    expr: heldUnit('UnitFailed', FAILED),
    for: '5s',
    severity: 'warning',
    repairs: SYSTEMD_UNIT,
    summary: 'A systemd unit has failed.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} is in state "failed": systemd has given up and will not start it again by itself. Read `systemctl status {{ $labels.name }}` and `journalctl -u {{ $labels.name }} -e`, remove the cause, then `systemctl restart {{ $labels.name }}`.',
  },
  {
    alert: 'UnitDown',
    comment: `The page for a unit that stays failed. It has no \`manager\`, so fettle is not asked twice, and it waits in Alertmanager while UnitUnderRepair says that fettle is at work on this unit.

The time is systemd's own, so a restart of Prometheus or a missed scrape does not begin it anew.`,
    expr: `${inParentheses(
      above(
        'time() - last_over_time(systemd_unit_inactive_enter_time_seconds{job="fettle"}[5m])',
        'unit_down_seconds',
      ),
    )}
and on (instance, user, name) ${inParentheses(heldUnit('UnitDown', FAILED))}`,
    for: '30s',
    severity: 'critical',
    about: '{{ $labels.name }}',
    summary: 'A systemd unit has been failed for minutes.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} has been in state "failed" for more than 5 minutes (or the threshold unit_down_seconds), and nothing has brought it back. Read `systemctl status {{ $labels.name }}` and `fettle repairs --unit {{ $labels.name }}`, remove the cause, then `systemctl restart {{ $labels.name }}`.',
  },
  {
    alert: 'UnitLoadError',
    comment: `A unit that systemd could not load has no other series, and so no other alert: a timer with a bad OnCalendar= is never seen to be late. Not \`not-found\`: every distribution names units in After= that are not installed.`,
    expr: heldUnit(
      'UnitLoadError',
      'systemd_unit_load_state_info{job="fettle",load_state=~"bad-setting|error"}',
    ),
    for: '2m',
    severity: 'warning',
    summary: 'A unit cannot be loaded.',
    description:
      'systemd could not load {{ $labels.name }} on {{ $labels.instance }} ({{ $labels.load_state }}), so it never runs and nothing else is told of it. `systemd-analyze verify {{ $labels.name }}` says which line is wrong; mend it, then `systemctl daemon-reload`.',
  },
  {
    alert: 'UnitVanished',
    comment: `An enabled unit that systemd no longer has at all: its file was removed, or it was disabled and stopped at once. Units that come and go by nature (sessions, scopes, containers) are not enabled, and those of a user who logs out go with the manager of that user. It is an event, so the alert ends by itself within the hour.`,
    expr: `group by (job, instance, user, scope, name, type) (
  last_over_time(systemd_unit_file_state_info{job="fettle",state="enabled"}[1h])
)
  unless on (instance, user, name)
last_over_time(systemd_unit_load_state_info{job="fettle"}[5m])
  and on (instance, user)
last_over_time(fettle_systemd_up{job="fettle"}[5m]) == 1`,
    for: '5m',
    severity: 'warning',
    summary: 'An enabled unit has gone away.',
    description:
      "{{ $labels.name }} on {{ $labels.instance }} was enabled within the last hour, and systemd has no such unit any more. If a package was removed on purpose, nothing is to be done. Otherwise `systemctl cat {{ $labels.name }}` and the package manager's log say what became of it.",
  },
  {
    alert: 'WatchdogTimeout',
    comment: `The service stopped answering systemd's watchdog and was killed. With Restart= it is up again at once, and no other alert would tell. The counter is there from 0 on, so increase() sees the first event.`,
    expr: 'increase(systemd_unit_failures_total{job="fettle",result="watchdog"}[30m]) > 0',
    for: '5s',
    severity: 'warning',
    summary: 'A service hung, and systemd killed it.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} did not answer the watchdog of systemd in the last 30 minutes and was killed. `journalctl -u {{ $labels.name }} -e` shows what it did before; if it was only slow, give it a longer WatchdogSec=.',
  },
];
