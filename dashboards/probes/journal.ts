import { named, orNone } from '../absence.ts';
import { words } from '../colours.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { hostSeries, promql } from '../promql.ts';
import { NO_UNIT, noMessage } from './series.ts';

const half = { width: 12, height: 9 } as const;
const UNIT_ON_HOST = '{{unit}} {{user}} ({{instance}})';
/** In place of the time, where a sentence says that there is none. */
const NEVER = words({ '0': [''] });

const GRAVE = 'priority=~"emerg|alert|crit|err"';

/** How much is written, by priority. */
export const priorities = () =>
  timeseriesPanel(
    {
      title: 'Messages a second, by priority',
      description:
        'Messages in the journal. Many programs write errors as info, or everything as one priority: compare with the past rather than with a limit.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, priority) (rate(${hostSeries('journal_messages_total')}[$__rate_interval]))`,
          noMessage('priority', 'no message'),
        ),
        legend: '{{priority}} ({{instance}})',
      },
    ],
    { stacked: true },
  );

/** Who writes errors. */
export const errors = () =>
  timeseriesPanel(
    {
      title: 'Errors by unit',
      description:
        'Messages of the priorities emerg, alert, crit and err, by the unit that wrote them. A new line here right before a failure is where to look first: journalctl -u UNIT -p err.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`${named(
            promql`sum by (instance, unit, user) (increase(${hostSeries('journal_messages_total', GRAVE)}[$__rate_interval]))`,
            'unit',
            NO_UNIT,
          )} > 0`,
          noMessage('unit', 'no error'),
        ),
        legend: UNIT_ON_HOST,
      },
    ],
    { bars: true, decimals: 0 },
  );

/** Who writes most. */
export const loudest = () =>
  tablePanel(
    {
      title: 'Who writes most, in the time shown',
      description:
        'The 20 units that wrote most messages in the time shown, and how many bytes. A unit that is much louder than it used to be fills the journal, and pushes the lines of others out of it.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(
          named(
            promql`topk(20, sum by (instance, unit, user) (increase(${hostSeries('journal_messages_total')}[$__range])))`,
            'unit',
            NO_UNIT,
          ),
          noMessage('unit', 'no message'),
        ),
        heading: 'Messages',
      },
      {
        expr: named(
          promql`topk(20, sum by (instance, unit, user) (increase(${hostSeries('journal_message_bytes_total')}[$__range])))`,
          'unit',
          NO_UNIT,
        ),
        heading: 'Size',
      },
    ],
    {
      labels: { unit: 'Unit', user: 'User', instance: 'Instance' },
      columns: {
        Messages: { decimals: 0, width: 110 },
        Size: { unit: 'bytes', decimals: 1, width: 110 },
      },
      sortedBy: 'Messages',
    },
  );

/** How often configured patterns were found. */
export const patterns = () =>
  timeseriesPanel(
    {
      title: 'Patterns found',
      description:
        'Messages in which a pattern of the configuration was found (exporter.journal.patterns), such as a model that could not be loaded, by the unit that wrote them.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, rule, unit, user) (increase(${hostSeries('journal_pattern_matches_total')}[$__rate_interval]))`,
          noMessage('rule', 'no pattern is configured'),
        ),
        legend: `{{rule}} ${UNIT_ON_HOST}`,
      },
    ],
    { bars: true, decimals: 0 },
  );

/** When each pattern was last found. */
export const lastMatches = () =>
  tablePanel(
    {
      title: 'Patterns: last found',
      description:
        'When each pattern was last found in a message of each unit, however long ago that is. Patterns that were never found have no row.',
      unit: 'none',
      size: { width: 24, height: 6 },
    },
    [
      {
        expr: orNone(
          promql`max by (instance, rule, unit, user) (${hostSeries('journal_pattern_last_match_timestamp_seconds')}) * 1000`,
          noMessage('rule', 'none was found'),
        ),
        heading: 'Last found',
      },
    ],
    {
      labels: { rule: 'Pattern', unit: 'Unit', user: 'User', instance: 'Instance' },
      columns: { 'Last found': { unit: 'dateTimeFromNow', meanings: NEVER } },
      sortedBy: 'Last found',
    },
  );
