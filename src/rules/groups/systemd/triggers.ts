import { above } from '../../compare.ts';
import { heldUnit } from '../../held.ts';
import { inParentheses } from '../../indented.ts';
import type { AlertRule } from '../../rule.ts';

/** Timers, sockets, and what they start. */
export const TRIGGERS: readonly AlertRule[] = [
  {
    alert: 'TimerOverdue',
    comment: `Late by the timer's own plan, so that one that runs once a month is judged as well as one that runs each minute. While its job runs the plan stands still (substate running), which is no delay.`,
    expr: `${inParentheses(
      above(
        'time() - last_over_time(systemd_timer_next_elapse_seconds{job="fettle"}[5m])',
        'timer_overdue_seconds',
      ),
    )}
unless on (instance, user, name)
  last_over_time(systemd_unit_substate_info{job="fettle",type="timer",substate="running"}[5m])`,
    for: '2m',
    severity: 'warning',
    about: '{{ $labels.name }}',
    summary: 'A timer has not triggered when it should have.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} should have triggered more than 5 minutes ago (or the threshold timer_overdue_seconds). `systemctl list-timers {{ $labels.name }}` shows its plan, `systemctl list-jobs` what holds it up; `systemctl restart {{ $labels.name }}` plans anew.',
  },
  {
    alert: 'TimerUnitFailed',
    comment: `The last run of a timer's job has failed, and nobody is waiting for it: a backup or a clean-up that is missed when it is needed. Beside UnitFailed, which may be repaired, this one stays with people, by the timer's name. It goes by the name that the service has unless Unit= says otherwise.`,
    expr: `${inParentheses(
      heldUnit('TimerUnitFailed', 'systemd_unit_state{job="fettle",state="failed",type="service"}'),
    )}
and on (instance, user, name) label_replace(
  last_over_time(systemd_timer_last_trigger_seconds{job="fettle"}[5m]) > 0,
  "name", "$1.service", "name", "(.+)[.]timer"
)`,
    for: '1m',
    severity: 'info',
    summary: 'The job of a timer has failed.',
    description:
      'The last run of {{ $labels.name }} on {{ $labels.instance }} has failed. A timer starts it, so nobody may notice that its work is not done. `journalctl -u {{ $labels.name }} -e` says why; `systemctl start {{ $labels.name }}` runs it now.',
  },
  {
    alert: 'SocketRefused',
    comment: `More connections were open than MaxConnections= or MaxConnectionsPerSource= allow, and those who came were turned away. Read within a minute, so the window is five.`,
    expr: above(
      'increase(systemd_socket_refused_connections_total{job="fettle"}[5m])',
      'refused_connections_5m',
    ),
    for: '1m',
    keepFiringFor: '5m',
    severity: 'warning',
    about: '{{ $labels.name }}',
    summary: 'A socket refuses connections.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} refused more than 3 connections within 5 minutes (or the threshold refused_connections_5m), because as many were open as it allows. `systemctl status {{ $labels.name }}` shows how many; raise MaxConnections= or find out who keeps them open.',
  },
  {
    alert: 'TasksNearLimit',
    comment: `At the limit fork() and pthread_create() fail, in ways that programs seldom expect. UnitTasksRejected tells once it has happened.`,
    expr: above(
      'last_over_time(systemd_unit_tasks_current{job="fettle"}[5m]) / last_over_time(systemd_unit_tasks_max{job="fettle"}[5m])',
      'tasks_ratio',
    ),
    for: '5m',
    severity: 'warning',
    about: '{{ $labels.name }}',
    summary: 'A unit has nearly as many tasks as it may.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} has had more than 90 % of its tasks (or the threshold tasks_ratio) for 5 minutes. `systemctl status {{ $labels.name }}` shows Tasks and their limit; find the leak of threads, or raise TasksMax=.',
  },
];
