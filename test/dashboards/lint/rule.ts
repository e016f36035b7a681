import type { DashboardJson } from '../dashboard-json.ts';

/** One thing that a rule looked at, and what is wrong with it, if anything. */
export interface Check {
  /** For people: `panel 3 "Memory", query A`. */
  readonly where: string;
  readonly problem: string | undefined;
  /** The metric that the check is about, where it is about one. */
  readonly metric?: string;
}

/** A rule of grafana/dashboard-linter, by the name it has there. */
export interface Rule {
  readonly name: string;
  readonly checks: (dashboard: DashboardJson) => readonly Check[];
}

/** The problem unless the condition holds. */
export function unless(holds: boolean, problem: string): string | undefined {
  return holds ? undefined : problem;
}
