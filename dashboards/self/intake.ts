import { orNone } from '../absence.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { type Expression, hostSeries, promql } from '../promql.ts';

const half = { width: 12, height: 9 } as const;

/** Requests to the webhook by status. */
export const requests = () =>
  timeseriesPanel(
    {
      title: 'Notifications by status',
      description:
        'Requests to the webhook within the interval around each point. 200 is written down; 503 is sent again by Alertmanager; 401 is a wrong token; 400, 413 and 415 are no notifications.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNoRemediator(
          promql`sum by (instance, code) (increase(${hostSeries('fettle_webhook_requests_total')}[$__rate_interval]))`,
          'code',
          'no request yet',
        ),
        legend: '{{code}} ({{instance}})',
      },
    ],
  );

/** Alerts by what became of them. */
export const alerts = () =>
  timeseriesPanel(
    {
      title: 'Alerts by what became of them',
      description:
        'Alerts in notifications within the interval around each point: accepted by a policy, known already (duplicate), of no policy (unmatched), or over (resolved).',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNoRemediator(
          promql`sum by (instance, outcome) (increase(${hostSeries('fettle_alerts_total')}[$__rate_interval]))`,
          'outcome',
          'no alert yet',
        ),
        legend: '{{outcome}} ({{instance}})',
      },
    ],
  );

/** Accepted alerts on which the last word has not been said, over time. */
export const queue = () =>
  timeseriesPanel(
    {
      title: 'Alerts in work',
      description:
        'Accepted alerts on which the last word has not been said, those that wait between two steps included. They end within an hour or so; one that does not is stuck.',
      unit: 'short',
      size: half,
      none: 'No remediator is scraped',
    },
    [{ expr: promql`${hostSeries('fettle_repair_queue_length')}`, legend: '{{instance}}' }],
  );

/** Lines that could not be written. */
export const ledgerErrors = () =>
  timeseriesPanel(
    {
      title: 'Lines that the ledger did not take',
      description:
        'Lines that could not be written within the interval around each point. fettle repairs nothing while this is above 0.',
      unit: 'short',
      size: half,
      none: 'No remediator is scraped',
    },
    [
      {
        expr: promql`increase(${hostSeries('fettle_ledger_errors_total')}[$__rate_interval])`,
        legend: '{{instance}}',
      },
    ],
  );

function orNoRemediator(expression: Expression, label: string, word: string): Expression {
  return orNone(expression, { known: hostSeries('fettle_remediator_up'), label, words: word });
}
