import { above } from '../../compare.ts';
import type { AlertRule } from '../../rule.ts';

const JOB = 'job="fettle-remediator"';

/** Whether fettle can repair anything at all. */
export const ABILITY: readonly AlertRule[] = [
  {
    alert: 'RemediatorDown',
    comment: `Prometheus knows the remediator and gets no answer. No absent() here: a fleet may well have hosts that only export.`,
    expr: `max_over_time(up{${JOB}}[1m]) == 0`,
    for: '3m',
    severity: 'critical',
    summary: "Prometheus gets no metrics from fettle's remediator.",
    description:
      'The remediator at {{ $labels.instance }} has not answered for 3 minutes, so nothing is repaired on that host. Read `systemctl status fettle-remediator` and `journalctl -u fettle-remediator -e` there; the exporter goes on without it.',
  },
  {
    alert: 'RemediatorNotReady',
    comment: `It answers, and takes no notifications: Alertmanager sends them again until they are too old. Ten minutes outlast the reading of a long ledger at the start.`,
    expr: `max_over_time(fettle_remediator_up{${JOB}}[2m]) == 0`,
    for: '10m',
    severity: 'critical',
    summary: 'The remediator takes no notifications.',
    description:
      'The remediator at {{ $labels.instance }} has taken no notifications for 10 minutes: it reads its ledger, cannot believe it, or another fettle has it. `curl -s {{ $labels.instance }}/-/ready` gives the reason, and `fettle audit verify` checks the ledger.',
  },
  {
    alert: 'LedgerErrors',
    comment: `A line could not be written, so nothing was done: fettle does not act without a record. The disk is full, mostly.`,
    expr: `increase(fettle_ledger_errors_total{${JOB}}[15m]) > 0`,
    for: '5s',
    severity: 'critical',
    summary: 'Fettle cannot write its ledger.',
    description:
      'Within the last 15 minutes fettle on {{ $labels.instance }} could not write its ledger, and while that is so it repairs nothing. `fettle doctor` as the user of the remediator says what is in the way: mostly a full or read-only disk.',
  },
  {
    alert: 'WebhookRefused',
    comment: `Alertmanager, or somebody, was turned away: 401 is a wrong token, 400 a payload that is none, 503 a ledger that cannot be written. What was not taken in is not repaired.

A status that was never answered before has no series, and the first request makes one that begins at 1, where increase() sees nothing. The second half sees it, if Prometheus was looking 15 minutes ago.`,
    expr: `increase(fettle_webhook_requests_total{${JOB},code=~"[45].."}[15m]) > 0
or
fettle_webhook_requests_total{${JOB},code=~"[45].."} > 0
  unless
last_over_time(fettle_webhook_requests_total{${JOB},code=~"[45].."}[1h] offset 15m)
  and on (instance)
last_over_time(fettle_remediator_up{${JOB}}[5m] offset 15m)`,
    for: '5s',
    severity: 'warning',
    summary: 'Fettle turned notifications away.',
    description:
      'Within the last 15 minutes fettle at {{ $labels.instance }} answered notifications with status {{ $labels.code }}. With 401 compare credentials_file of Alertmanager with remediator.token_file; with 503 look at the ledger (`fettle doctor`); with 400 or 413 at who sends, in the log of the remediator.',
  },
  {
    alert: 'RepairsPaused',
    comment: `Somebody ran fettle pause, or the file of the pause cannot be read, which counts as one. An hour is a maintenance; longer, and it may have been forgotten.`,
    expr: `last_over_time(fettle_paused{${JOB}}[5m]) == 1`,
    for: '1h',
    severity: 'warning',
    summary: 'Repairs have been paused for an hour.',
    description:
      'Fettle on {{ $labels.instance }} has repaired nothing for an hour, because somebody paused it, or because it cannot read whether. `fettle doctor` and pause.json beside the ledger say who and why; `fettle resume` ends it.',
  },
  {
    alert: 'RepairBudgetUsedUp',
    comment: `The budget of the whole machine. At the limit every policy is refused, whatever it is for.`,
    expr: above(
      `last_over_time(fettle_budget_used{${JOB}}[5m]) / last_over_time(fettle_budget_limit{${JOB}}[5m])`,
      'budget_ratio',
    ),
    for: '1m',
    severity: 'warning',
    summary: 'The budget of repairs is nearly used up.',
    description:
      'Fettle on {{ $labels.instance }} has taken more than 90 % of the steps that it may take (or the threshold budget_ratio) within {{ $labels.window_seconds }} s; at the limit it refuses all. `fettle repairs` shows what for: look for the one cause before raising remediator.budgets.host.',
  },
  {
    alert: 'RepairQueueOld',
    comment: `What only has to wait waits an hour at most, and a step takes minutes. Older than that is a case that hangs, or a ladder that waits for the end of an alert which nobody mends.`,
    expr: above(`last_over_time(fettle_repair_queue_oldest_seconds{${JOB}}[5m])`, 'queue_seconds'),
    for: '5m',
    severity: 'warning',
    summary: 'An alert waits for its repair for hours.',
    description:
      'At fettle on {{ $labels.instance }} an alert has waited for its end for more than 2 hours (or the threshold queue_seconds). `fettle repairs` shows it as working or waiting, and what for.',
  },
  {
    alert: 'ChangesNotUndone',
    comment: `Fettle throttled a unit or lowered the power, and puts that back when the alert is over. Half a day later somebody should know that a unit runs slower than it was set up.`,
    expr: `last_over_time(fettle_changes_to_undo{${JOB}}[5m]) > 0`,
    for: '12h',
    severity: 'warning',
    summary: 'Something is still throttled by fettle.',
    description:
      'On {{ $labels.instance }} units or power modes have been throttled by fettle for 12 hours, because the alerts that led to it are not over. `fettle repairs` shows them (undone: null); mend the cause, or end the alert, and fettle puts it back.',
  },
];
