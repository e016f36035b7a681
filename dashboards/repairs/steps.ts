import { orNone } from '../absence.ts';
import { ENDINGS, GREY, thresholds, words } from '../colours.ts';
import { barGaugePanel } from '../panels/gauge.ts';
import { stateTimelinePanel } from '../panels/state-timeline.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { type Expression, hostSeries, promql } from '../promql.ts';
import { atEachPoint, inRange, nothing, policySeries } from './series.ts';

const half = { width: 12, height: 9 } as const;

/** How repairs ended over time. */
export const endings = () =>
  timeseriesPanel(
    {
      title: 'How repairs ended',
      description:
        'Alerts on which something was done, by their end: repaired (proven: the unit runs and stays up), eased (throttled, stopped or told, and the alert is over), exhausted (given up, a person is needed), interrupted (fettle itself stopped in the middle).',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, policy, ending) (${atEachPoint('fettle_repairs_ended_total')}) > 0`,
          nothing('policy', 'nothing ended'),
        ),
        legend: '{{policy}} {{ending}} ({{instance}})',
      },
    ],
    { bars: true, decimals: 0, colours: ENDINGS },
  );

/** How the steps of the ladders ended. */
export const results = () =>
  tablePanel(
    {
      title: 'Steps of the ladders, in the time shown',
      description:
        'What each kind of step did in the time shown, and how long one took on average, its proof included. A first step that always fails before a second one helps only costs time: begin with the second.',
      unit: 'short',
      size: { width: 16, height: 8 },
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, policy, action) (${inRange('fettle_repair_steps_total')}) > 0`,
          nothing('policy', 'no step was taken'),
        ),
        heading: 'Taken',
      },
      stepsOf('succeeded', 'Succeeded'),
      stepsOf('failed', 'Failed'),
      stepsOf('interrupted', 'Interrupted'),
      {
        expr: promql`sum by (instance, policy, action) (${inRange('fettle_repair_step_seconds_total')})
  / (sum by (instance, policy, action) (${inRange('fettle_repair_steps_total')}) > 0)`,
        heading: 'Mean time',
      },
    ],
    {
      labels: { policy: 'Policy', action: 'Step', instance: 'Instance' },
      columns: {
        ...Object.fromEntries(
          ['Taken', 'Succeeded', 'Failed', 'Interrupted'].map((heading) => [
            heading,
            { decimals: 0, width: 95 },
          ]),
        ),
        'Mean time': { unit: 's', decimals: 1, width: 100 },
        Step: { width: 90 },
      },
      sortedBy: 'Taken',
    },
  );

/** Of the steps that were taken: else each policy would have a row of zeros. */
function stepsOf(result: string, heading: string) {
  const counts = promql`sum by (instance, policy, action) (${inRange('fettle_repair_steps_total', `result="${result}"`)})`;
  const taken = promql`sum by (instance, policy, action) (${inRange('fettle_repair_steps_total')}) > 0`;
  return { expr: promql`${counts} and (${taken})`, heading };
}

/** How long steps take. */
export const seconds = () =>
  timeseriesPanel(
    {
      title: 'Time that a step takes',
      description:
        'Mean time of the steps around each point, from their start to their proof. The proof waits for as long as the policy says (verify.for), so no step is shorter than that. Growing: the service takes longer to come up.',
      unit: 's',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, policy, action) (${atEachPoint('fettle_repair_step_seconds_total')})
  / (sum by (instance, policy, action) (${atEachPoint('fettle_repair_steps_total')}) > 0)`,
          nothing('policy', 'no step was taken'),
        ),
        legend: '{{policy}} {{action}} ({{instance}})',
      },
    ],
  );

/** What each policy was doing about each unit, over time. */
export const cases = () =>
  stateTimelinePanel(
    {
      title: 'Each unit under each policy',
      description:
        'Each policy with each unit that it allows: at rest (green), under repair (blue, the waits between steps included), given up (red) after all its steps were in vain. After the hold one try is allowed (purple); if it helps, the policy goes back to its work.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`max by (instance, policy, unit) (${policySeries('fettle_circuit_open')} * 2
  + ${policySeries('fettle_repair_under_way')})`,
          nothing('unit', 'no policy is configured', -1),
        ),
        legend: '{{unit}} {{policy}} ({{instance}})',
      },
    ],
    words({
      '-1': ['none', GREY],
      '0': ['at rest', 'green'],
      '1': ['under repair', 'blue'],
      '2': ['given up', 'red'],
      '3': ['one more try', 'purple'],
    }),
  );

/** Units that are given up now. */
export const openCircuits = () =>
  tablePanel(
    {
      title: 'Given up now',
      description:
        'Units that need a person: all steps of the policy were in vain. "fettle repairs" on the host tells what was tried, and where the evidence lies that was kept before each step. A click on a unit leads to its own page.',
      unit: 'none',
      size: { width: 8, height: 8 },
    },
    [
      {
        expr: orNone(
          promql`max by (instance, policy, unit) (${policySeries('fettle_circuit_open')}) == 1`,
          nothing('unit', 'no unit'),
        ),
      },
    ],
    {
      labels: { unit: 'Unit', policy: 'Policy', instance: 'Instance' },
      columns: {
        Unit: {
          link: {
            title: 'The unit in detail',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in, not JavaScript.
            url: '/d/fettle-unit?var-name=${__value.raw}&${__url_time_range}',
          },
        },
      },
    },
  );

/** How much of each budget is used. */
export const budgets = () =>
  barGaugePanel(
    {
      title: 'Budgets',
      description:
        'Steps taken on each host within each stretch of time, as a share of what it may take (remediator.budgets.host). At 100 % the rail host-budget refuses all others.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: orNone(
          withStretch(
            promql`max by (instance, window_seconds) (${hostSeries('fettle_budget_used')} / ${hostSeries('fettle_budget_limit')})`,
          ),
          nothing('stretch', 'no budget'),
        ),
        legend: '{{stretch}} ({{instance}})',
      },
    ],
    { thresholds: thresholds('green', [0.7, 'orange'], [1, 'red']), max: 1 },
  );

/** How much of each budget was used over time. */
export const budgetsOverTime = () =>
  timeseriesPanel(
    {
      title: 'Steps within each stretch of time',
      description:
        'Steps taken on each host within the last hour, day or other stretch of the configuration; dashed is how many it may take.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          withStretch(promql`max by (instance, window_seconds) (${hostSeries('fettle_budget_used')})`),
          nothing('stretch', 'no budget'),
        ),
        legend: 'in {{stretch}} ({{instance}})',
      },
    ],
    {
      decimals: 0,
      limits: [
        {
          expr: orNone(
            withStretch(promql`min by (window_seconds) (${hostSeries('fettle_budget_limit')})`),
            nothing('stretch', 'no budget'),
          ),
          legend: 'at most in {{stretch}}',
        },
      ],
    },
  );

/** The budgets with their stretch of time in the label `stretch`, an hour and a day in words. */
function withStretch(budget: Expression): Expression {
  const seconds = promql`label_replace(${budget}, "stretch", "$1 s", "window_seconds", "(.+)")`;
  const hour = promql`label_replace(${seconds}, "stretch", "1 hour", "window_seconds", "3600")`;
  return promql`label_replace(${hour}, "stretch", "1 day", "window_seconds", "86400")`;
}

/** What waits and is at work. */
export const queue = () =>
  timeseriesPanel(
    {
      title: 'Cases and steps',
      description:
        'Accepted alerts on which the last word has not been said, steps at work, and changes that wait to be undone. Cases that pile up while no step is at work wait for something: a budget, a pause, a condition.',
      unit: 'short',
      size: half,
    },
    [
      waits('open cases', 'fettle_repair_queue_length'),
      waits('steps under way', 'fettle_steps_under_way'),
      waits('changes to undo', 'fettle_changes_to_undo'),
    ],
    { decimals: 0 },
  );

function waits(what: string, metric: string) {
  const expr = orNone(promql`max by (instance) (${hostSeries(metric)})`, nothing('instance', 'none'));
  return { expr, legend: `${what} ({{instance}})` };
}

/** How old the oldest case was over time. */
export const queueAge = () =>
  timeseriesPanel(
    {
      title: 'Age of the oldest case',
      description:
        'How long the alert that has waited longest has been waiting for its end. It falls to 0 each time nothing waits; a line that only climbs is a case that does not come to an end.',
      unit: 's',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`max by (instance) (${hostSeries('fettle_repair_queue_oldest_seconds')})`,
          nothing('instance', 'none'),
        ),
        legend: '{{instance}}',
      },
    ],
  );
