import type { DashboardJson, DashboardPanel } from '../dashboard-json.ts';
import { type Check, type Rule, unless } from './rule.ts';

/** Forms that show data; a text shows none. */
const WITH_DATA = new Set(['stat', 'gauge', 'bargauge', 'table', 'timeseries', 'state-timeline']);

/** Grafana's names of the units that we use, as they stand in its list of units. */
const UNITS = new Set(
  'none short bytes Bps percentunit s dtdurations dateTimeFromNow dateTimeAsIso celsius watt volt amp hertz rotrpm ops cps'.split(
    ' ',
  ),
);

/** Rules about panels and about the dashboard as a whole. */
export const PANEL_RULES: readonly Rule[] = [
  {
    name: 'uneditable-dashboard',
    checks: ({ editable }) => [{ where: 'the dashboard', problem: unless(!editable, 'can be edited') }],
  },
  {
    name: 'panel-datasource',
    checks: eachPanel(({ datasource }) =>
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana, not of JavaScript.
      unless(datasource?.uid === '${datasource}', 'does not use the chosen data source'),
    ),
  },
  {
    name: 'panel-title-description',
    checks: eachPanel(({ title, description }) =>
      unless(/\S/.test(title) && /\S/.test(description), 'has no title or no description'),
    ),
  },
  {
    name: 'panel-units',
    checks: eachPanel(({ type, fieldConfig }) => {
      if (!WITH_DATA.has(type)) return undefined;
      const { unit = '', mappings = [] } = fieldConfig?.defaults ?? {};
      return unless(mappings.length > 0 || UNITS.has(unit), `has no unit that is known: "${unit}"`);
    }),
  },
  {
    name: 'panel-no-targets',
    checks: eachPanel(({ type, targets }) =>
      unless(!WITH_DATA.has(type) || targets.length > 0, 'asks nothing'),
    ),
  },
];

function eachPanel(problemOf: (panel: DashboardPanel) => string | undefined) {
  return ({ panels }: DashboardJson): readonly Check[] =>
    panels
      .filter(({ type }) => type !== 'row')
      .map((panel) => ({ where: `panel ${panel.id} "${panel.title}"`, problem: problemOf(panel) }));
}
