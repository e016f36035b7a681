import { describe, expect, it } from 'vitest';
import { dashboardFiles } from '../../../dashboards/files.ts';
import { type DashboardJson, type DashboardPanel, parseDashboard } from '../dashboard-json.ts';
import { EXCEPTIONS } from './exceptions.ts';
import { lint, RULES } from './lint.ts';

const JSONS = new Map([...dashboardFiles()].map(([name, text]) => [name, parseDashboard(JSON.parse(text))]));

describe('the 17 rules of grafana/dashboard-linter', () => {
  it('are all here, each once', () => {
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(17);
    expect(RULES.length).toBe(17);
  });

  it.each([...JSONS])('find nothing in %s', (_name, dashboard) => {
    expect(lint(dashboard).findings).toEqual([]);
  });

  it('need every exception, and look at something', () => {
    const results = [...JSONS.values()].map(lint);
    const excused = new Set(results.flatMap((one) => [...one.excused]));
    expect([...excused]).toEqual(EXCEPTIONS);
    const checks = results.reduce((sum, one) => sum + one.checks, 0);
    const panels = [...JSONS.values()].flatMap((one) => one.panels.filter(({ type }) => type !== 'row'));
    console.log(
      `dashboards: ${JSONS.size} with ${panels.length} panels, ${RULES.length} lint rules, ${checks} lint checks, ${EXCEPTIONS.length} exceptions`,
    );
    expect(checks).toBeGreaterThan(panels.length * 10);
  });

  it.each<[string, (dashboard: DashboardJson) => unknown]>([
    ['uneditable-dashboard', () => ({ editable: true })],
    ['template-datasource', (one) => ({ variables: one.variables.toReversed() })],
    ['template-datasource', (one) => variable(one, 'datasource', { label: 'Datasource' })],
    ['template-job', (one) => ({ variables: one.variables.filter(({ name }) => name !== 'job') })],
    ['template-job', (one) => variable(one, 'job', { allValue: '.*' })],
    ['template-instance', (one) => variable(one, 'instance', { multi: false })],
    ['template-instance', (one) => variable(one, 'instance', { datasource: { uid: 'prometheus' } })],
    ['template-label-promql', (one) => variable(one, 'job', { query: 'label_values(up{, job)' })],
    ['template-on-time-change-reload', (one) => variable(one, 'job', { refresh: 1 })],
    ['panel-datasource', (one) => panel(one, { datasource: { uid: 'prometheus' } })],
    ['panel-title-description', (one) => panel(one, { title: ' ' })],
    ['panel-title-description', (one) => panel(one, { description: '' })],
    ['panel-units', (one) => panel(one, { fieldConfig: { defaults: { unit: 'byte', mappings: [] } } })],
    ['panel-no-targets', (one) => panel(one, { targets: [] })],
    ['target-promql', (one) => target(one, 'sum(m{job=~"$job",instance=~"$instance"}')],
    ['target-promql', (one) => target(one, 'vector(1)')],
    ['target-rate-interval', (one) => target(one, 'rate(m_total{job=~"$job",instance=~"$instance"}[5m])')],
    ['target-job', (one) => target(one, 'm{instance=~"$instance"}')],
    ['target-job', (one) => target(one, 'm{job="$job",instance=~"$instance"}')],
    ['target-instance', (one) => target(one, 'm{job=~"$job"}')],
    ['target-counter-agg', (one) => target(one, 'sum(m_total{job=~"$job",instance=~"$instance"})')],
    ['target-logql', (one) => target(one, '{job="x"}', 'loki')],
    ['target-logql-auto', (one) => target(one, 'rate({job="x"}[5m])', 'loki')],
  ])('%s sees what is wrong', (rule, change) => {
    const sound = JSONS.get('self.json');
    if (sound === undefined) throw new Error('there is no dashboard self.json to break');
    const broken = { ...sound, ...Object(change(sound)) };
    expect(lint(broken).findings.filter((one) => one.startsWith(`${rule}: `))).not.toEqual([]);
  });
});

function variable({ variables }: DashboardJson, name: string, change: object) {
  return { variables: variables.map((one) => (one.name === name ? { ...one, ...change } : one)) };
}

/** The dashboard with another form of its first panel. */
function panel({ panels }: DashboardJson, change: object): Pick<DashboardJson, 'panels'> {
  const index = panels.findIndex(({ type }) => type !== 'row');
  return {
    panels: panels.map((one, place): DashboardPanel => (place === index ? { ...one, ...change } : one)),
  };
}

function target(dashboard: DashboardJson, expr: string, type = 'prometheus') {
  const one = { refId: 'A', expr, instant: true, datasource: { uid: 'x', type } };
  return panel(dashboard, { targets: [one] });
}
