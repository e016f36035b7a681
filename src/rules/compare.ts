import { comparedAs, type ThresholdName, threshold } from './thresholds.ts';

/** The series that the group `thresholds` records for what has a threshold of its own. */
export const THRESHOLD_SERIES = 'fettle:threshold';

/**
 * PromQL: where an expression is above its threshold.
 *
 * That is the default of the table, unless the series `fettle:threshold` tells another one for that subject; where
 * nobody has set any, there is no such series, and the default is all there is. The expression must have the labels
 * by which the threshold is told apart, and bind tighter than a comparison: put `and` and `or` in parentheses.
 */
export function above(expr: string, name: ThresholdName): string {
  return compared(expr, '>', name);
}

/** PromQL: where an expression is below its threshold; otherwise as `above`. */
export function below(expr: string, name: ThresholdName): string {
  return compared(expr, '<', name);
}

function compared(expr: string, sign: '<' | '>', name: ThresholdName): string {
  const row = threshold(name);
  const on = `on (${row.by.join(', ')})`;
  const own = `${THRESHOLD_SERIES}{threshold="${name}"}`;
  const usual = String(comparedAs(row, row.default));
  return [
    `${expr} ${sign} ${usual}`,
    `  unless ${on} ${own}`,
    'or',
    `${expr}`,
    `  ${sign} ${on} group_left () ${own}`,
  ].join('\n');
}
