import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { ruleFiles } from '../../src/rules/files.ts';
import { KNOWN_LABELS, selectorsOf } from './known-metrics.ts';
import { ALERTS, names, readRuleFiles, readRuleTests, ruleCounts } from './rule-files.ts';

const FILES = readRuleFiles();
const TESTS = readRuleTests();
const RULES = FILES.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
const BY_NAME = RULES.map((rule) => [rule.alert, rule] as const);

const HOST = '{{ reReplaceAll ":[0-9]+$" "" $labels.instance }}';

/** Fires always, so nothing can keep it quiet. */
const HEARTBEAT = 'Watchdog';

afterAll(() => console.log(ruleCounts()));

describe('rule files', () => {
  it('are what src/rules gives; else run npm run rules', () => {
    for (const [name, text] of ruleFiles()) {
      expect(readFileSync(new URL(name, ALERTS), 'utf8'), name).toBe(text);
    }
    expect([...ruleFiles().keys()].sort()).toEqual(FILES.map(({ name }) => `${name}.rules.yml`).sort());
  });

  it('hold one group each, of the same name and of at most 20 rules', () => {
    expect(FILES.length).toBeGreaterThan(0);
    for (const { name, groups } of FILES) {
      expect(groups.map((group) => group.name)).toEqual([name]);
      expect(name.length).toBeLessThanOrEqual(40);
      expect(groups[0]?.rules.length).toBeGreaterThan(0);
      expect(groups[0]?.rules.length).toBeLessThanOrEqual(20);
    }
  });

  it('name each alert once', () => {
    expect(new Set(RULES.map(({ alert }) => alert)).size).toBe(RULES.length);
  });

  it('have a file of promtool tests each', () => {
    const tested = TESTS.map(({ name }) => name);
    expect(tested).toEqual(expect.arrayContaining(FILES.map(({ name }) => name)));
    for (const { name, rule_files } of TESTS.filter((one) => FILES.some((file) => file.name === one.name))) {
      expect(rule_files).toEqual([`../${name}.rules.yml`]);
    }
  });

  it('have a runbook for each alert, and no runbook is left over', () => {
    const runbooks = names(new URL('runbooks/', ALERTS), '.md');
    expect([...runbooks].sort()).toEqual(RULES.map(({ alert }) => alert).sort());
  });
});

describe.each(BY_NAME)('%s', (name, rule) => {
  it('has a name that a page can show', () => {
    expect(name).toMatch(/^([A-Z]+[a-z0-9]+)+$/);
    expect(name.length).toBeLessThanOrEqual(40);
  });

  it('has a severity that people know', () => {
    expect(['info', 'warning', 'critical']).toContain(rule.labels.severity);
  });

  it('has a summary that is one sentence, the same for every unit', () => {
    expect(rule.annotations.summary).toMatch(/^[A-Z].+\.$/);
    expect(rule.annotations.summary).not.toContain('{{');
  });

  it('has a description that names what it is about and ends as a sentence', () => {
    expect(rule.annotations.description).toContain('{{');
    expect(rule.annotations.description).toMatch(/\.$/);
  });

  it('points to its runbook, which says what to look at, what to do, and what fettle does', () => {
    expect(rule.annotations.runbook_url).toBe(`alerts/runbooks/${name}.md`);
    const text = readFileSync(new URL(`runbooks/${name}.md`, ALERTS), 'utf8');
    const headings = text.split('\n').filter((line) => /^##? /.test(line));
    expect(headings).toEqual([`# ${name}`, '## Look', '## Fix', '## What fettle does by itself']);
  });

  it('has no label whose value changes while it fires', () => {
    for (const value of Object.values(rule.labels)) {
      expect(value).not.toMatch(/\$value|\.Value|\bquery\b|\$externalLabels/);
    }
  });

  it('says what to repair completely or not at all, and where', () => {
    const { unit, manager, host } = rule.labels;
    if (manager !== undefined) {
      expect(['systemd', 'launchd', 'pidfile']).toContain(manager);
      expect(unit).toMatch(/^\{\{ .*\$labels\.\w+.* \}\}/);
    }
    expect(host).toBe(unit === undefined ? undefined : HOST);
  });

  it('names only metrics that there are, with labels that they have, of our exporter only', () => {
    const selectors = selectorsOf(rule.expr);
    for (const { metric, labels, job } of selectors) {
      expect(KNOWN_LABELS.has(metric), metric).toBe(true);
      const known = KNOWN_LABELS.get(metric) ?? [];
      for (const label of labels) expect(known, `${metric}{${label}}`).toContain(label);
      if (known.includes('job')) expect(job, metric).toMatch(/^fettle(-remediator)?$/);
    }
    expect(selectors.length > 0 || name === HEARTBEAT).toBe(true);
  });

  it('compares something, and asks for more than one evaluation', () => {
    expect(rule.expr).toMatch(/[<>]|==|\babsent\(/);
    expect(rule.for).toMatch(/^[1-9]\d*[smh]$/);
  });

  it('has a promtool test that fires it and one that keeps it quiet throughout', () => {
    const cases = TESTS.flatMap(({ tests }) => tests)
      .map((test) => test.alert_rule_test.filter(({ alertname }) => alertname === name))
      .filter((checks) => checks.length > 0);
    expect(cases.some((checks) => checks.some(({ exp_alerts }) => exp_alerts.length > 0))).toBe(true);
    expect(cases.some((checks) => checks.every(({ exp_alerts }) => exp_alerts.length === 0))).toBe(true);
  });
});

describe('alerts that fettle can repair', () => {
  it('are told to it, and none that it tells of itself', () => {
    const repairable = RULES.filter(({ labels }) => 'manager' in labels).map(({ alert }) => alert);
    expect(repairable).toEqual(expect.arrayContaining(['UnitFailed', 'ServiceCrashLooping']));
    expect(repairable.filter((alert) => /^(Repair|Fettle|Remediator)/.test(alert))).toEqual([]);
  });
});
