import { orNone } from '../absence.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { hostSeries, promql } from '../promql.ts';
import { atEachPoint, inRange, nothing } from './series.ts';

const half = { width: 12, height: 9 } as const;

/** What became of alerts. */
export const alerts = () =>
  timeseriesPanel(
    {
      title: 'Alerts in notifications',
      description:
        'Alerts that Alertmanager sent, by what became of them: accepted (a policy is for it), unmatched (none is), duplicate (known already: Alertmanager repeats itself, which is right), resolved (it is over).',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, outcome) (increase(${hostSeries('fettle_alerts_total')}[$__rate_interval]))`,
          nothing('outcome', 'none'),
        ),
        legend: '{{outcome}} ({{instance}})',
      },
    ],
    { bars: true, decimals: 0 },
  );

/** What was decided. */
export const decisions = () =>
  timeseriesPanel(
    {
      title: 'Decisions',
      description:
        'What policies decided: run, rehearse (a dry run: it would have been done, and is written down), refuse. A refusal counts once for each rail that objected.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, decision) (${atEachPoint('fettle_decisions_total')})`,
          nothing('decision', 'no policy'),
        ),
        legend: '{{decision}} ({{instance}})',
      },
    ],
    { bars: true, decimals: 0, colours: { run: 'blue', rehearse: 'purple', refuse: 'orange' } },
  );

/** Why nothing was done, in the time shown. */
export const refusals = () =>
  tablePanel(
    {
      title: 'Why nothing was done, in the time shown',
      description:
        'Refusals by policy and by the rail that objected. cooldown, rate-limit, host-budget and circuit: it has been tried enough. allow-list, protected-unit: the policy names what it may not touch. already-healthy, alert-resolved: it was not needed any more. "fettle audit" has the words of each.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, policy, reason) (${inRange('fettle_decisions_total', 'decision="refuse"')}) > 0`,
          nothing('reason', 'nothing was refused'),
        ),
        heading: 'Times',
      },
    ],
    {
      labels: { reason: 'Rail', policy: 'Policy', instance: 'Instance' },
      columns: { Times: { decimals: 0, width: 90 } },
      sortedBy: 'Times',
    },
  );

/** Why nothing was done, over time. */
export const refusalsOverTime = () =>
  timeseriesPanel(
    {
      title: 'Refusals over time',
      description:
        'Refusals by the rail that objected. A single one in a burst is a rail at its work. One that objects all day long stands in the way of every repair: is that what it is for?',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, reason) (${atEachPoint('fettle_decisions_total', 'decision="refuse"')}) > 0`,
          nothing('reason', 'nothing was refused'),
        ),
        legend: '{{reason}} ({{instance}})',
      },
    ],
    { bars: true, decimals: 0 },
  );

/** Each policy with what it did. */
export const everyPolicy = () =>
  tablePanel(
    {
      title: 'Every policy, in the time shown',
      description:
        'How often each policy ran a step, rehearsed or refused one, how its alerts ended, and what share of them was repaired. A policy that only rehearses is in dry-run: read what it would have done, then let it enforce. One that never repairs what it tries is the wrong medicine.',
      unit: 'short',
      size: { width: 24, height: 8 },
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, policy) (${inRange('fettle_decisions_total', 'decision="run"')})`,
          nothing('policy', 'no policy is configured'),
        ),
        heading: 'Run',
      },
      decided('rehearse', 'Rehearsed'),
      decided('refuse', 'Refused'),
      endedSo('repaired', 'Repaired'),
      endedSo('eased', 'Eased'),
      endedSo('exhausted', 'Given up'),
      endedSo('interrupted', 'Interrupted'),
      {
        expr: promql`sum by (instance, policy) (${inRange('fettle_repairs_ended_total', 'ending="repaired"')})
  / (sum by (instance, policy) (${inRange('fettle_repairs_ended_total')}) > 0)`,
        heading: 'Helped',
      },
    ],
    {
      labels: { policy: 'Policy', instance: 'Instance' },
      columns: {
        ...Object.fromEntries(
          ['Run', 'Rehearsed', 'Refused', 'Repaired', 'Eased', 'Given up', 'Interrupted'].map((heading) => [
            heading,
            { decimals: 0 },
          ]),
        ),
        Helped: { unit: 'percentunit', decimals: 0 },
      },
      sortedBy: 'Run',
    },
  );

function decided(decision: string, heading: string) {
  const counts = inRange('fettle_decisions_total', `decision="${decision}"`);
  return { expr: promql`sum by (instance, policy) (${counts})`, heading };
}

function endedSo(ending: string, heading: string) {
  const counts = inRange('fettle_repairs_ended_total', `ending="${ending}"`);
  return { expr: promql`sum by (instance, policy) (${counts})`, heading };
}

/** How the webhook was answered. */
export const requests = () =>
  timeseriesPanel(
    {
      title: 'Requests to the webhook',
      description:
        'Notifications by how they were answered. 200: written down. 401: the token is wrong. 400, 413, 415: not a notification, or too long. 503: the ledger cannot be written, and Alertmanager tries again.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, code) (increase(${hostSeries('fettle_webhook_requests_total')}[$__rate_interval]))`,
          nothing('code', 'none so far'),
        ),
        legend: '{{code}} ({{instance}})',
      },
    ],
    { bars: true, decimals: 0 },
  );
