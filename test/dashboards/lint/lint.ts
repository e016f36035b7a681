import type { DashboardJson } from '../dashboard-json.ts';
import { EXCEPTIONS, type Exception } from './exceptions.ts';
import { PANEL_RULES } from './panel.ts';
import type { Rule } from './rule.ts';
import { TARGET_RULES } from './target.ts';
import { TEMPLATE_RULES } from './template.ts';

/** All rules of grafana/dashboard-linter. */
export const RULES: readonly Rule[] = [...TEMPLATE_RULES, ...PANEL_RULES, ...TARGET_RULES];

/** What came of a dashboard's lint. */
export interface LintResult {
  /** Of the form `rule: where: problem`. */
  readonly findings: readonly string[];
  /** How many things were looked at. */
  readonly checks: number;
  /** Exceptions that were needed. */
  readonly excused: ReadonlySet<Exception>;
}

/** Holds a dashboard to all rules. */
export function lint(dashboard: DashboardJson): LintResult {
  const findings: string[] = [];
  const excused = new Set<Exception>();
  let checks = 0;
  for (const rule of RULES) {
    for (const { where, problem, metric } of rule.checks(dashboard)) {
      checks += 1;
      if (problem === undefined) continue;
      const exception = EXCEPTIONS.find((one) => one.rule === rule.name && one.metric === metric);
      if (exception === undefined) findings.push(`${rule.name}: ${where}: ${problem}`);
      else excused.add(exception);
    }
  }
  return { findings, checks, excused };
}
