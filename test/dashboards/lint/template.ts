import type { DashboardJson, Variable } from '../dashboard-json.ts';
import { selectorsOf } from '../selectors.ts';
import { type Check, type Rule, unless } from './rule.ts';

/** What the data source may be called, and what stands beside it then. */
const DATASOURCES: Readonly<Record<string, string>> = {
  datasource: 'Data source',
  prometheus_datasource: 'Prometheus data source',
};

/** Rules about the variables at the top of a dashboard. */
export const TEMPLATE_RULES: readonly Rule[] = [
  {
    name: 'template-datasource',
    checks: ({ variables }) => {
      const [first] = variables;
      const label = DATASOURCES[first?.name ?? ''];
      const fits = first?.type === 'datasource' && label !== undefined && first.label === label;
      const query = first?.query === 'prometheus';
      return [
        {
          where: 'the first variable',
          problem: unless(fits && query, 'is not a data source named and labelled so'),
        },
      ];
    },
  },
  { name: 'template-job', checks: (dashboard) => chosen(dashboard, 'job', 'Job') },
  { name: 'template-instance', checks: (dashboard) => chosen(dashboard, 'instance', 'Instance') },
  {
    name: 'template-label-promql',
    checks: (dashboard) => queries(dashboard).map((one) => ({ where: placeOf(one), problem: badQuery(one) })),
  },
  {
    name: 'template-on-time-change-reload',
    checks: (dashboard) =>
      queries(dashboard).map((one) => ({
        where: placeOf(one),
        problem: unless(one.refresh === 2, 'is not asked anew when the time changes (refresh 2)'),
      })),
  },
];

function queries({ variables }: DashboardJson): readonly Variable[] {
  return variables.filter(({ type }) => type === 'query');
}

function placeOf({ name }: Variable): string {
  return `variable "${name}"`;
}

function chosen({ variables }: DashboardJson, name: string, label: string): readonly Check[] {
  const variable = variables.find((one) => one.name === name);
  const wanted: readonly (readonly [boolean, string])[] = [
    [variable !== undefined, 'is missing'],
    [variable?.type === 'query', 'is no query'],
    [variable?.label === label, `is not labelled ${label}`],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana, not of JavaScript.
    [variable?.datasource?.uid === '${datasource}', 'does not ask the chosen data source'],
    [variable?.multi === true, 'lets nobody choose several'],
    [variable?.allValue === '.+', 'has not ".+" for all of them'],
  ];
  return wanted.map(([holds, problem]) => ({ where: `variable "${name}"`, problem: unless(holds, problem) }));
}

function badQuery({ query }: Variable): string | undefined {
  const [, selector] = /^label_values\((?:(.*),)?\s*[A-Za-z_]\w*\s*\)$/s.exec(query.trim()) ?? [];
  if (selector === undefined) return 'is not of the form label_values(SELECTOR, LABEL)';
  try {
    return unless(selectorsOf(selector).length === 1, 'has not one selector');
  } catch (error) {
    return String(error);
  }
}
