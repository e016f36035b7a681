import { timeseriesPanel } from '../panels/timeseries.ts';
import { hostSeries, promql } from '../promql.ts';

const half = { width: 12, height: 10 } as const;

/** What each unit writes to the journal, by priority. */
export const journal = () =>
  timeseriesPanel(
    {
      title: 'Messages in the journal, by priority',
      description:
        'Messages of each unit in a second: emerg, alert, crit and err are errors. A jump is often the first sign; a unit that says nothing any more may be the second.',
      unit: 'ops',
      size: half,
      none: 'Not read (exporter.journal), or these units have said nothing',
    },
    [
      {
        expr: promql`sum by (instance, unit, priority) (rate(${hostSeries('journal_messages_total', 'unit=~"$name"')}[$__rate_interval]))`,
        legend: '{{priority}}: {{unit}} ({{instance}})',
      },
    ],
  );

/** How much each unit writes to the journal, and what was looked for in it. */
export const journalPatterns = () =>
  timeseriesPanel(
    {
      title: 'Patterns found in the journal',
      description:
        'Messages of each unit in which a configured pattern was found, within the interval around each point.',
      unit: 'short',
      size: half,
      none: 'No pattern is configured for these units (exporter.journal.patterns)',
    },
    [
      {
        expr: promql`sum by (instance, unit, rule) (increase(${hostSeries('journal_pattern_matches_total', 'unit=~"$name"')}[$__rate_interval]))`,
        legend: '{{rule}}: {{unit}} ({{instance}})',
      },
    ],
  );
