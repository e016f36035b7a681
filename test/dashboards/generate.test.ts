import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dashboardFiles } from '../../dashboards/files.ts';
import { type DashboardPanel, parseDashboard, placeOf } from './dashboard-json.ts';
import { selectorsOf } from './selectors.ts';

const FOLDER = new URL('../../dashboards/', import.meta.url);

/** Grafana has a shade of each named colour for either theme; this grey can be read on both. */
const COLOURS = /^((light-|semi-dark-)?(green|yellow|orange|red|blue|purple)|#8e8e8e)$/;

describe('the dashboards folder', () => {
  it('has exactly the files that the builders give, byte for byte', () => {
    const committed = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
    expect(committed.sort()).toEqual([...dashboardFiles().keys()].sort());
    for (const [name, text] of dashboardFiles())
      expect(readFileSync(new URL(name, FOLDER), 'utf8'), `${name}: run npm run dashboards`).toBe(text);
  });

  it('gives every dashboard an address of its own, and no other that it links to', () => {
    const uids = [...dashboardFiles().values()].map((text) => parseDashboard(JSON.parse(text)).uid);
    expect(new Set(uids).size).toBe(uids.length);
    const linked = [...dashboardFiles().values()].flatMap((text) => [...text.matchAll(/"\/d\/([\w-]+)/g)]);
    expect(linked.length).toBeGreaterThan(0);
    for (const [, uid] of linked) expect(uids).toContain(uid);
  });
});

describe.each([...dashboardFiles()])('%s', (_, text) => {
  const json: { readonly links: readonly unknown[] } = JSON.parse(text);
  const dashboard = parseDashboard(json);
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');

  it('is found by its tag, and leads to all others that have it', () => {
    expect(dashboard.title).toMatch(/^fettle \/ /);
    expect(dashboard.tags).toContain('fettle');
    const link = { type: 'dashboards', tags: ['fettle'], includeVars: true, keepTime: true };
    expect(json.links).toEqual([expect.objectContaining(link)]);
    expect(json.links).not.toEqual([expect.objectContaining({ placement: expect.anything() })]);
  });

  it('offers a data source, job and instance first', () => {
    expect(dashboard.variables.slice(0, 3)).toMatchObject([
      { name: 'datasource', type: 'datasource' },
      { name: 'job', type: 'query' },
      { name: 'instance', type: 'query' },
    ]);
  });

  it.each(dashboard.variables.filter(({ type }) => type === 'query').map((one) => [one.name, one] as const))(
    'lets people choose any %s, also all and several',
    (_name, variable) => {
      expect(variable).toMatchObject({ multi: true, includeAll: true, allValue: '.+' });
    },
  );

  it('uses the variables that it offers, and asks for those of the hosts that are chosen', () => {
    const exprs = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');
    for (const [index, { name, query }] of dashboard.variables.slice(1).entries()) {
      expect(exprs).toContain(`$${name}`);
      for (const earlier of dashboard.variables.slice(1, Math.min(index + 1, 3)))
        expect(query).toContain(`${earlier.name}=~"$${earlier.name}"`);
    }
  });

  it('numbers its panels, each once', () => {
    expect(dashboard.panels.map(({ id }) => id)).toEqual(dashboard.panels.map((_panel, index) => index + 1));
  });

  it('lets no panel lie over another, or reach over the edge', () => {
    for (const [index, panel] of dashboard.panels.entries()) {
      const { x = 0, w = 0 } = panel.gridPos ?? {};
      expect(x + w, panel.title).toBeLessThanOrEqual(24);
      for (const other of dashboard.panels.slice(index + 1))
        expect(overlap(panel, other), `${panel.title} and ${other.title}`).toBe(false);
    }
  });

  it('names each panel once, so that people can tell each other which one they mean', () => {
    const titles = panels.map(({ title }) => title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))(
    'explains %j in sentences',
    (_title, panel) => {
      expect(panel.description).toMatch(/^\S.{20,}[.?]$/);
    },
  );

  it('has colours that suit a light and a dark theme', () => {
    const colours = [...text.matchAll(/"(?:color|fixedColor|iconColor)": "([^"]+)"/g)].map(([, one]) => one);
    for (const colour of colours) expect(colour).toMatch(COLOURS);
  });

  it.each(panels.filter(hasLegend).map((panel) => [panel.title, panel] as const))(
    'shows the legend and every line in the tooltip of %j',
    (_title, panel) => {
      expect(panel.options).toMatchObject({ legend: { showLegend: true }, tooltip: { mode: 'multi' } });
    },
  );

  it.each(
    panels
      .filter(({ type }) => type === 'timeseries' || type === 'state-timeline')
      .flatMap((panel) => panel.targets.map((target) => [placeOf(panel, target), target] as const)),
  )('%s: names its lines', (_place, target) => {
    expect(target.legendFormat).toMatch(/\S/);
  });

  it('takes increases over an interval, the time shown, or an hour', () => {
    const ranges = panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) =>
        selectorsOf(expr).flatMap(({ within, range }) => (within[0] === 'increase' ? [range] : [])),
      ),
    );
    for (const range of ranges) expect(['$__rate_interval', '$__range', '1h']).toContain(range);
  });
});

function hasLegend({ options }: DashboardPanel): boolean {
  return 'legend' in options && 'tooltip' in options;
}

function overlap({ gridPos: a }: DashboardPanel, { gridPos: b }: DashboardPanel): boolean {
  if (a === undefined || b === undefined) return true;
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
