import { describe, expect, it } from 'vitest';
import { GROUPS } from '../../src/rules/groups.ts';
import { isAlertRule } from '../../src/rules/rule.ts';
import { comparedAs, THRESHOLDS, type Threshold } from '../../src/rules/thresholds.ts';
import { KNOWN_LABELS } from '../alerts/known-metrics.ts';

const ROWS: readonly (readonly [string, Threshold])[] = Object.entries(THRESHOLDS);
const ALERTS = GROUPS.flatMap(({ rules }) => rules).filter(isAlertRule);

describe.each(ROWS)('%s', (name, row) => {
  it('is of a metric that there is, by labels that it has', () => {
    expect(KNOWN_LABELS.has(row.of)).toBe(true);
    expect(KNOWN_LABELS.get(row.of)).toEqual(expect.arrayContaining([...row.by]));
    expect(row.by).toContain('instance');
  });

  it('is used by an alert, and says by which', () => {
    const users = ALERTS.filter(({ expr }) => expr.includes(`fettle:threshold{threshold="${name}"}`));
    expect(users.some(({ alert }) => row.what.includes(alert))).toBe(true);
    expect(row.what).toMatch(/^[A-Z].+\.$/);
  });

  it('has a default that means something in its unit', () => {
    if (row.unit === 'ratio') expect(row.default).toBeLessThanOrEqual(1);
    expect(row.default).toBeGreaterThanOrEqual(0);
    expect(comparedAs(row, 3)).toBe(row.unit === 'events' ? 3.5 : 3);
  });
});
