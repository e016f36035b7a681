import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const LABELS = z
  .object({ severity: z.string(), unit: z.string().optional(), manager: z.string().optional() })
  .catchall(z.string());
const ANNOTATIONS = z.strictObject({ summary: z.string(), description: z.string(), runbook_url: z.string() });

const RULE = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  keep_firing_for: z.string().optional(),
  labels: LABELS,
  annotations: ANNOTATIONS,
});

const RULE_FILE = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(RULE) })),
});

const TEST_FILE = z.object({
  rule_files: z.array(z.string()),
  tests: z.array(
    z.object({
      name: z.string(),
      alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })),
    }),
  ),
});

/** The folder of the rules, their tests and their runbooks. */
export const ALERTS = new URL('../../alerts/', import.meta.url);

/** An alerting rule as Prometheus reads it. Recording rules are not among ours. */
type AlertRule = z.infer<typeof RULE>;

/** A rule file, read: its name without the ending, and its groups. */
export interface RuleFile {
  readonly name: string;
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[];
}

/** All rule files of the project. */
export function readRuleFiles(): readonly RuleFile[] {
  return names(ALERTS, '.rules.yml').map((name) => ({
    name,
    ...RULE_FILE.parse(yaml(new URL(`${name}.rules.yml`, ALERTS))),
  }));
}

/** All promtool test files of the project. */
export function readRuleTests(): readonly ({ readonly name: string } & z.infer<typeof TEST_FILE>)[] {
  const folder = new URL('tests/', ALERTS);
  return names(folder, '.test.yml').map((name) => ({
    name,
    ...TEST_FILE.parse(yaml(new URL(`${name}.test.yml`, folder))),
  }));
}

/** How much there is of rules and of their tests, in a line for people. */
export function ruleCounts(): string {
  const rules = readRuleFiles().flatMap(({ groups }) => groups.flatMap((group) => group.rules));
  const tests = readRuleTests().flatMap((file) => file.tests);
  const checks = tests.flatMap((test) => test.alert_rule_test);
  return `${rules.length} alert rules, ${tests.length} promtool tests with ${checks.length} checks`;
}

/** The files of a folder that have an ending, without it. */
export function names(folder: URL, ending: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));
}

function yaml(file: URL): unknown {
  return parse(readFileSync(file, 'utf8'));
}
