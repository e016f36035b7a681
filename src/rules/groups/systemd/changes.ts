import { above } from '../../compare.ts';
import { heldUnit } from '../../held.ts';
import { inParentheses } from '../../indented.ts';
import { type AlertRule, SYSTEMD_UNIT } from '../../rule.ts';

/** Units in the middle of a change, and what systemd says of itself. */
export const CHANGES: readonly AlertRule[] = [
  {
    alert: 'UnitStuckActivating',
    comment: `Loading a large model may take minutes, hence a quarter of an hour. Not for Type=oneshot, whose work is done in this state, nor for a service that waits for its next restart (auto-restart): that one is told of by its restarts.`,
    expr: `${inParentheses(
      above(
        'time() - last_over_time(systemd_unit_inactive_exit_time_seconds{job="fettle"}[5m])',
        'starting_seconds',
      ),
    )}
and on (instance, user, name) ${inParentheses(
      heldUnit('UnitStuckActivating', 'systemd_unit_state{job="fettle",state="activating"}'),
    )}
unless on (instance, user, name)
  last_over_time(systemd_unit_info{job="fettle",service_type="oneshot"}[5m])
unless on (instance, user, name)
  systemd_unit_substate_info{job="fettle",substate=~"auto-restart.*"}`,
    for: '30s',
    severity: 'warning',
    repairs: SYSTEMD_UNIT,
    summary: 'A unit has been starting for a long time.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} has been in state "activating" for more than 15 minutes (or the threshold starting_seconds). `systemctl status {{ $labels.name }}` shows what it waits for, and `systemctl list-jobs` which job; a service that never says it is ready needs Type= or TimeoutStartSec= mended.',
  },
  {
    alert: 'UnitStuckDeactivating',
    comment: `systemd kills a service that does not stop after TimeoutStopSec=, 90 s unless told otherwise. What is still there after minutes cannot be killed: a process waits in the kernel, mostly for a GPU driver or a network file system.`,
    expr: `${inParentheses(
      above(
        'time() - last_over_time(systemd_unit_active_exit_time_seconds{job="fettle"}[5m])',
        'stopping_seconds',
      ),
    )}
and on (instance, user, name) ${inParentheses(
      heldUnit('UnitStuckDeactivating', 'systemd_unit_state{job="fettle",state="deactivating"}'),
    )}`,
    for: '30s',
    severity: 'warning',
    about: '{{ $labels.name }}',
    summary: 'A unit does not come to its end.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} has been in state "deactivating" for more than 5 minutes (or the threshold stopping_seconds). Look for processes in state D: `systemctl status {{ $labels.name }}`, then `cat /proc/PID/stack` as root. A driver that hangs takes a reboot.',
  },
  {
    alert: 'SystemDegraded',
    comment: `systemd's own summary: some unit has failed, whichever it is, also one that the exporter leaves out. Info, because UnitFailed names the units.`,
    expr: 'last_over_time(systemd_system_state{job="fettle",state="degraded"}[5m]) == 1',
    for: '15m',
    severity: 'info',
    summary: 'The system as a whole is degraded.',
    description:
      'systemd on {{ $labels.instance }} has said for 15 minutes that the system is degraded. `systemctl --failed` lists what has failed; `systemctl reset-failed` clears what does not matter.',
  },
  {
    alert: 'NeedDaemonReload',
    comment: `The file of a unit has changed, and systemd goes on with the old one until somebody reloads. An hour outlasts a deployment. Also of interest before a repair: what fettle restarts is the old unit.`,
    expr: 'last_over_time(systemd_unit_need_daemon_reload{job="fettle"}[5m]) == 1',
    for: '1h',
    severity: 'info',
    summary: 'A unit file has changed, and systemd has not read it.',
    description:
      'The file of {{ $labels.name }} on {{ $labels.instance }} has been newer than what systemd knows of it for an hour. `systemctl daemon-reload` reads it; `systemctl restart {{ $labels.name }}` then makes it count.',
  },
];
