import { THRESHOLD_SERIES } from './compare.ts';
import type { RecordingRule, RuleGroup } from './rule.ts';
import { comparedAs, type ThresholdName, threshold } from './thresholds.ts';

/** A condition on a label, as in a selector of Prometheus. */
export interface LabelMatcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A figure for what all matchers match; without any, for everything. */
export interface OwnFigure {
  readonly match: readonly LabelMatcher[];
  readonly is: number;
}

/** A threshold that is set otherwise. */
export interface ThresholdOverride {
  readonly name: ThresholdName;
  /** The first one that matches holds, else the default. */
  readonly figures: readonly OwnFigure[];
}

/** Name of the group of recording rules that tell the other groups which thresholds are set otherwise. */
export const THRESHOLD_GROUP = 'thresholds';

/** Rules that record the thresholds that are set otherwise; the alerts look for them, and else take the default. */
export function thresholdGroup(overrides: readonly ThresholdOverride[]): RuleGroup {
  return {
    name: THRESHOLD_GROUP,
    comment: `Thresholds that the section \`thresholds\` of fettle's configuration sets otherwise, one series for everything they are about. Every alert looks here first. Written by \`fettle rules\`: to change them, change the configuration.`,
    rules: overrides.map(recordingRule),
  };
}

function recordingRule({ name, figures }: ThresholdOverride): RecordingRule {
  const row = threshold(name);
  return {
    record: THRESHOLD_SERIES,
    comment: `${row.what} ${row.default} unless it stands here.`,
    // An hour, so that a missed scrape, or a host that reboots, does not fall back to the default.
    expr: figures
      .map(({ match, is }) => {
        const selector = [`job="${row.job ?? 'fettle'}"`, ...match.map(matcherText)].join(',');
        const subjects = `group by (${row.by.join(', ')}) (last_over_time(${row.of}{${selector}}[1h]))`;
        return `${subjects} * ${comparedAs(row, is)}`;
      })
      .join('\n  or\n'),
    labels: { threshold: name },
  };
}

function matcherText({ label, operator, value }: LabelMatcher): string {
  return `${label}${operator}${JSON.stringify(value)}`;
}
