import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dashboardFiles } from '../../dashboards/files.ts';
import { type DashboardPanel, parseDashboard, placeOf, type Target } from './dashboard-json.ts';

const FOLDER = new URL('../../dashboards/', import.meta.url);
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana, not of JavaScript.
const CHOSEN_SOURCE = '${datasource}';
const KNOWN_UNITS = ['none', 'short', 'bytes', 'percentunit'];

describe('the dashboards folder', () => {
  it('has exactly the files that the builders give, byte for byte', () => {
    const committed = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
    expect(committed).toEqual([...dashboardFiles().keys()]);
    for (const [name, text] of dashboardFiles())
      expect(readFileSync(new URL(name, FOLDER), 'utf8')).toBe(text);
  });

  it('gives every dashboard an address of its own', () => {
    const uids = [...dashboardFiles().values()].map((text) => parseDashboard(JSON.parse(text)).uid);
    expect(new Set(uids).size).toBe(uids.length);
  });
});

describe.each([...dashboardFiles()])('%s', (_, text) => {
  const dashboard = parseDashboard(JSON.parse(text));
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');
  const targets = panels.flatMap((panel) =>
    panel.targets.map((target) => [placeOf(panel, target), target] as const),
  );

  it('cannot be edited by accident, and is found by its tag', () => {
    expect(dashboard).toMatchObject({ editable: false, title: expect.stringMatching(/^fettle \/ /) });
    expect(dashboard.tags).toContain('fettle');
  });

  it('offers a data source, job and instance first', () => {
    expect(dashboard.variables.slice(0, 3)).toMatchObject([
      { name: 'datasource', type: 'datasource', label: 'Data source', query: 'prometheus' },
      { name: 'job', type: 'query', label: 'Job' },
      { name: 'instance', type: 'query', label: 'Instance' },
    ]);
  });

  it.each(dashboard.variables.filter(({ type }) => type === 'query').map((one) => [one.name, one] as const))(
    'lets people choose any %s, also all and several, and asks anew when the time changes',
    (name, variable) => {
      const chosen = { multi: true, includeAll: true, allValue: '.+', refresh: 2 };
      expect(variable).toMatchObject({ ...chosen, datasource: { uid: CHOSEN_SOURCE } });
      expect(variable.query).toMatch(new RegExp(`^label_values\\(.+, ${name}\\)$`));
    },
  );

  it('numbers its panels, each once', () => {
    expect(dashboard.panels.map(({ id }) => id)).toEqual(dashboard.panels.map((_panel, index) => index + 1));
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))('explains the panel %j', (title, panel) => {
    expect(title).toMatch(/\S/);
    expect(panel.description).toMatch(/^\S.*\.$/);
    expect(panel.datasource?.uid).toBe(CHOSEN_SOURCE);
    expect(KNOWN_UNITS).toContain(panel.fieldConfig?.defaults.unit);
    expect(panel.targets.length).toBeGreaterThan(0);
  });

  it.each(panels.filter(hasLegend).map((panel) => [panel.title, panel] as const))(
    'shows the legend and every line in the tooltip of %j',
    (_title, panel) => {
      expect(panel.options).toMatchObject({ legend: { showLegend: true }, tooltip: { mode: 'multi' } });
      for (const target of panel.targets) expect(target.legendFormat).toMatch(/\{\{\w+\}\}/);
    },
  );

  it.each(targets)('%s: asks the chosen data source, job and instance', (_place, target) => {
    expect(target.datasource?.uid).toBe(CHOSEN_SOURCE);
    expect(target.refId).toMatch(/^[A-Z]$/);
    for (const selector of selectors(target)) {
      expect(selector).toContain('job=~"$job"');
      expect(selector).toContain('instance=~"$instance"');
    }
  });

  it.each(targets)('%s: reads counters through rate or increase only', (_place, { expr }) => {
    const bare = expr.replaceAll(/\b(?:rate|irate|increase)\(\w+_total\{[^}]*\}\[[^\]]+\]\)/g, '');
    expect(bare).not.toMatch(/_total\b/);
  });

  it.each(targets)('%s: takes rates over $__rate_interval', (_place, { expr }) => {
    for (const [, window] of expr.matchAll(/\bi?rate\([^[]*\[([^\]]+)\]/g))
      expect(window).toBe('$__rate_interval');
    for (const [, window] of expr.matchAll(/\bincrease\([^[]*\[([^\]]+)\]/g)) {
      expect(['$__rate_interval', '$__range']).toContain(window);
    }
  });
});

function hasLegend({ options }: DashboardPanel): boolean {
  return 'legend' in options;
}

/** What stands in the braces behind every metric of a query; a metric without braces is an empty text. */
function selectors({ expr }: Target): readonly string[] {
  const found = [...expr.matchAll(/\b(?:systemd|fettle|thermal)_\w+(?:\{([^}]*)\})?/g)].map(
    ([, inner]) => inner ?? '',
  );
  expect(found).not.toEqual([]);
  return found;
}
