import { above } from '../../compare.ts';
import type { AlertRule } from '../../rule.ts';

const JOB = 'job="fettle-remediator"';

/** What became of repairs. */
export const OUTCOMES: readonly AlertRule[] = [
  {
    alert: 'UnitUnderRepair',
    comment: `Not news for anybody: Alertmanager holds pages about this unit back while it fires (inhibit_rules), and lets them through when fettle is done, or has given up. It must not outlive that, so it bridges only one missed scrape.`,
    expr: `max_over_time(fettle_repair_under_way{${JOB}}[30s]) == 1`,
    for: '1s',
    severity: 'info',
    about: '{{ $labels.unit }}',
    summary: 'Fettle is repairing a unit.',
    description:
      'The policy {{ $labels.policy }} of fettle on {{ $labels.instance }} has begun to repair {{ $labels.unit }} and has not come to an end. Nothing is to be done; `fettle repairs --unit {{ $labels.unit }}` shows each step.',
  },
  {
    alert: 'RepairExhausted',
    comment: `Fettle has tried what its policy allows, in vain. It opens the circuit of that policy and unit, and that stays open until a try has helped, also if a person mended the unit meanwhile. So the page ends six hours after the circuit was opened.

\`offset\` beside min_over_time, because of a circuit that was open when Prometheus first looked nobody knows since when; it pages.`,
    expr: `last_over_time(fettle_circuit_open{${JOB}}[5m]) == 1
  unless (
    min_over_time(fettle_circuit_open{${JOB}}[6h]) == 1
      and
    last_over_time(fettle_circuit_open{${JOB}}[5m] offset 6h) == 1
  )`,
    for: '5s',
    severity: 'critical',
    about: '{{ $labels.unit }}',
    summary: 'Fettle has given a unit up.',
    description:
      'The policy {{ $labels.policy }} has tried everything it may for {{ $labels.unit }} on {{ $labels.instance }}, in vain, and leaves it alone for a while. Read `fettle repairs --unit {{ $labels.unit }}` for what was tried and the evidence that was kept, then mend the unit by hand.',
  },
  {
    alert: 'RepairInterrupted',
    comment: `Fettle itself stopped in the middle of a step, by a crash or a reboot. What it had stopped may not have been started again: such a unit is "inactive", which no other alert sees. So this one pages.`,
    expr: `increase(fettle_repairs_ended_total{${JOB},ending="interrupted"}[1h]) > 0`,
    for: '5s',
    severity: 'critical',
    summary: 'A repair was interrupted in the middle.',
    description:
      'Within the last hour fettle on {{ $labels.instance }} stopped in the middle of a step of the policy {{ $labels.policy }}, which may have left its unit stopped. `fettle repairs --policy {{ $labels.policy }} --limit 5` names it; start it if it is not active, and read `journalctl -u fettle-remediator` for why fettle stopped.',
  },
  {
    alert: 'RepairStepFailed',
    comment: `A step did not prove itself: the unit did not come up, or did not stay up. The ladder goes on, so this is no page; it is the sign that a policy does not fit.`,
    expr: `increase(fettle_repair_steps_total{${JOB},result="failed"}[1h]) > 0`,
    for: '5s',
    severity: 'warning',
    summary: 'A step of a repair has failed.',
    description:
      'Within the last hour a step ({{ $labels.action }}) of the policy {{ $labels.policy }} on {{ $labels.instance }} did not help. `fettle repairs --policy {{ $labels.policy }}` says why and what came next; RepairExhausted fires if nothing does.',
  },
  {
    alert: 'RepairLoop',
    comment: `Each repair was proven, and yet one follows the other: fettle hides a fault that somebody should mend. A leak that a nightly restart cures looks like this, too; give such a policy a higher threshold.`,
    expr: above(
      `sum by (job, instance, policy) (increase(fettle_repairs_ended_total{${JOB},ending="repaired"}[1d]))`,
      'repairs_24h',
    ),
    for: '1m',
    severity: 'warning',
    summary: 'The same repair is made again and again.',
    description:
      'The policy {{ $labels.policy }} on {{ $labels.instance }} has repaired something more than 5 times within a day (or the threshold repairs_24h). It works, and the cause is still there: `fettle repairs --policy {{ $labels.policy }}` shows when, and what was seen before each.',
  },
  {
    alert: 'RepairsRefused',
    comment: `Rails that refuse are rails that work, hence info. Refusals because the unit is well again, or the alert over, are the usual end of a short fault and do not count.`,
    expr: above(
      `sum by (job, instance, policy) (
  increase(fettle_decisions_total{${JOB},decision="refuse",reason!~"already-healthy|alert-resolved|under-way"}[1h])
)`,
      'refusals_1h',
    ),
    for: '1m',
    severity: 'info',
    summary: 'Rails keep refusing the repairs of a policy.',
    description:
      'The rails refused the policy {{ $labels.policy }} on {{ $labels.instance }} more than 10 times within an hour (or the threshold refusals_1h). `fettle repairs --policy {{ $labels.policy }}` gives each reason; a unit that is not in allow, or a cooldown that is too long, is mended in the configuration.',
  },
  {
    alert: 'RepairsRateLimited',
    comment: `What is left undone because enough was done already. Something fails faster than fettle may repair it, and it is a person's turn.`,
    expr: `sum by (job, instance, policy) (
  increase(fettle_decisions_total{${JOB},decision="refuse",reason=~"rate-limit|host-budget|storm"}[30m])
) > 0`,
    for: '5s',
    severity: 'warning',
    summary: 'A repair was refused because there were too many.',
    description:
      'Within the last 30 minutes fettle on {{ $labels.instance }} left a repair of the policy {{ $labels.policy }} undone, because its rate limit or the budget of the machine was used up, or because too many units failed at once. `fettle repairs --policy {{ $labels.policy }}` says which; look for the one cause of all of them.',
  },
];
