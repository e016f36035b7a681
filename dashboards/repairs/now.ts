import {
  GREY,
  NEUTRAL,
  ORANGE_FROM_ONE,
  RED_FROM_ONE,
  RED_UNTIL_ONE,
  thresholds,
  words,
} from '../colours.ts';
import { statPanel } from '../panels/stat.ts';
import { type Expression, hostSeries, promql } from '../promql.ts';
import { inRange, policySeries } from './series.ts';

const tile = { width: 4, height: 4 } as const;

/** Whether notifications are taken. */
export const takesNotifications = () =>
  statPanel(
    {
      title: 'Remediator',
      description:
        'Whether the remediators of all chosen hosts take notifications. "Not ready": one is still reading its ledger, does not believe it, or another fettle holds it; its log and /-/ready say which. "No data": none is scraped (job fettle-remediator).',
      unit: 'none',
      size: tile,
    },
    [now(promql`min(${hostSeries('fettle_remediator_up')})`)],
    {
      thresholds: RED_UNTIL_ONE,
      mappings: words({ '0': ['Not ready'], '1': ['Ready'] }),
      text: 'value',
      filled: true,
    },
  );

/** Whether somebody has paused the repairs. */
export const paused = () =>
  statPanel(
    {
      title: 'Paused',
      description:
        'Hosts on which nothing is repaired because somebody has said "fettle pause", or because fettle cannot find out whether somebody has. "fettle resume" ends it.',
      unit: 'short',
      size: tile,
    },
    [now(promql`sum(${hostSeries('fettle_paused')})`)],
    { thresholds: ORANGE_FROM_ONE, mappings: words({ '0': ['No'] }), text: 'value' },
  );

/** How many units have been given up. */
export const givenUp = () =>
  statPanel(
    {
      title: 'Given up',
      description:
        'Units that a policy has given up, after all its steps were in vain (its circuit is open). Nothing more is tried until the hold is over: these need a person now. The table below names them.',
      unit: 'short',
      size: tile,
    },
    [now(promql`sum(${policySeries('fettle_circuit_open')}) or ${none()}`)],
    { thresholds: RED_FROM_ONE, text: 'value' },
  );

/** How many of the repairs helped. */
export const effectiveness = () =>
  statPanel(
    {
      title: 'Repaired',
      description:
        'Of all alerts on which something was done in the time shown, the share that ended with a proven repair. Below a half, the steps do not fit the trouble: look at what was given up.',
      unit: 'percentunit',
      size: tile,
    },
    [
      now(
        promql`sum(${inRange('fettle_repairs_ended_total', 'ending="repaired"')})
  / (sum(${inRange('fettle_repairs_ended_total')}) > 0)
  or ${none(-1)}`,
      ),
    ],
    {
      thresholds: thresholds('red', [0.5, 'orange'], [0.9, 'green']),
      mappings: words({ '-1': ['Nothing done', GREY] }),
      text: 'value',
    },
  );

/** How many alerts something was done about. */
export const ended = () =>
  statPanel(
    {
      title: 'Repairs',
      description:
        'Alerts on which something was done and that came to an end in the time shown, however they ended. None at all, with policies and alerts, means that every one was refused or rehearsed: see "Why nothing was done".',
      unit: 'short',
      size: tile,
    },
    [now(promql`sum(${inRange('fettle_repairs_ended_total')}) or ${none()}`)],
    { thresholds: NEUTRAL, text: 'value' },
  );

/** When the last repair ended. */
export const lastRepair = () =>
  statPanel(
    {
      title: 'Last repair',
      description:
        'When a repair last ended on any of the chosen hosts, however it ended. "Never": none in the whole ledger.',
      unit: 'dateTimeFromNow',
      size: tile,
    },
    [now(promql`max(${hostSeries('fettle_last_repair_timestamp_seconds')}) * 1000 or ${none()}`)],
    { thresholds: NEUTRAL, mappings: words({ '0': ['Never', GREY] }), text: 'value' },
  );

/** How many steps are at work. */
export const underWay = () =>
  statPanel(
    {
      title: 'Steps under way',
      description: 'Steps that have begun and not ended: at work, or looked at until they are proven.',
      unit: 'short',
      size: tile,
    },
    [now(promql`sum(${hostSeries('fettle_steps_under_way')}) or ${none()}`)],
    { thresholds: NEUTRAL, text: 'value' },
  );

/** How many alerts wait. */
export const waiting = () =>
  statPanel(
    {
      title: 'Open cases',
      description:
        'Accepted alerts on which the last word has not been said: at work, waiting for the next step, or for others to end.',
      unit: 'short',
      size: tile,
    },
    [now(promql`sum(${hostSeries('fettle_repair_queue_length')}) or ${none()}`)],
    { thresholds: NEUTRAL, text: 'value' },
  );

/** For how long the oldest alert has waited. */
export const oldest = () =>
  statPanel(
    {
      title: 'Oldest case',
      description:
        'How long ago the alert was accepted that has waited longest for its end. Ladders with long waits take their time; more than an hour and a half is out of the ordinary, since no wait is longer than an hour.',
      unit: 'dtdurations',
      size: tile,
    },
    [now(promql`max(${hostSeries('fettle_repair_queue_oldest_seconds')}) or ${none()}`)],
    {
      thresholds: thresholds('green', [1800, 'orange'], [5400, 'red']),
      mappings: words({ '0': ['None waits'] }),
      text: 'value',
    },
  );

/** How many changes wait to be undone. */
export const toUndo = () =>
  statPanel(
    {
      title: 'Changes to undo',
      description:
        'Units that fettle has throttled, and power modes that it has changed, until their alerts are over. It puts them back then; a number that stays for days is an alert that never ends.',
      unit: 'short',
      size: tile,
    },
    [now(promql`sum(${hostSeries('fettle_changes_to_undo')}) or ${none()}`)],
    { thresholds: thresholds('green', [1, 'blue']), text: 'value' },
  );

/** How much of the tightest budget is used. */
export const budget = () =>
  statPanel(
    {
      title: 'Budget used',
      description:
        'Steps taken on a host as a share of what it may take, of the host and the stretch of time where that is highest. At 100 % nothing more is done there until older steps are out of the stretch: a machine that needs that many repairs needs a person.',
      unit: 'percentunit',
      size: tile,
    },
    [
      now(
        promql`max(${hostSeries('fettle_budget_used')} / ${hostSeries('fettle_budget_limit')}) or ${none()}`,
      ),
    ],
    { thresholds: thresholds('green', [0.7, 'orange'], [1, 'red']), text: 'value' },
  );

/** How many lines could not be written. */
export const ledgerErrors = () =>
  statPanel(
    {
      title: 'Ledger errors',
      description:
        'Lines that could not be written to the ledger in the time shown. While this happens fettle does nothing: what it cannot write down, it must not do. Mostly a full disk, or a folder that it may not write to.',
      unit: 'short',
      size: tile,
    },
    [now(promql`sum(increase(${hostSeries('fettle_ledger_errors_total')}[$__range])) or ${none()}`)],
    { thresholds: RED_FROM_ONE, text: 'value' },
  );

function now(expr: Expression) {
  return { expr, legend: '' };
}

/** A number while a remediator answers, for figures that have no series while there is nothing to tell. */
function none(value = 0): Expression {
  return promql`0 * max(${hostSeries('fettle_remediator_up')}) + ${value}`;
}
