import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import type { Alert } from '../../../src/domain/alert.ts';
import { matchesPolicy, targetUnit } from '../../../src/policy/match.ts';
import { problemsOf } from './problems.ts';

/** Two policies, each with its keys but the name. */
function two(one: string, other: string): string {
  return `remediator:\n  policies:\n    - {name: a, ${one}}\n    - {name: b, ${other}}\n`;
}

const DOWN = 'when: [alertname = Down]';

describe('policies that overlap', () => {
  it.each<readonly [string, string, string]>([
    ['the same alert and unit', `${DOWN}, allow: [x.service]`, `${DOWN}, allow: [x.service]`],
    [
      'one unit of several',
      `${DOWN}, allow: [w.service, x.service]`,
      `${DOWN}, allow: [x.service, y.service]`,
    ],
    ['one of them in dry run', `${DOWN}, allow: [x.service], mode: dry-run`, `${DOWN}, allow: [x.service]`],
    [
      'labels that differ',
      'when: [team = a], allow: [x.service]',
      'when: [severity = b], allow: [x.service]',
    ],
    [
      'patterns, which are not compared',
      'when: [alertname =~ "A+"], allow: [x.service]',
      'when: [alertname =~ "B+"], allow: [x.service]',
    ],
    [
      'two that exclude',
      'when: [alertname != A], allow: [x.service]',
      'when: [alertname != B], allow: [x.service]',
    ],
    [
      'a value that a pattern takes',
      `${DOWN}, allow: [x.service]`,
      'when: [alertname =~ "D.+"], allow: [x.service]',
    ],
    [
      'a unit written out and one of a label',
      `${DOWN}, unit: x.service, allow: [x.service]`,
      `${DOWN}, allow: [x.service]`,
    ],
    [
      'units of different labels',
      `${DOWN}, unit: "{{ labels.a }}", allow: [x.service]`,
      `${DOWN}, unit: "{{ labels.b }}", allow: [x.service]`,
    ],
    [
      'a unit that the other one restarts as well',
      `${DOWN}, unit: y.service, allow: [y.service], steps: [{restart: {also: [x.service]}}]`,
      `${DOWN}, unit: x.service, allow: [x.service]`,
    ],
    [
      'a unit that both restart as well',
      `${DOWN}, unit: y.service, allow: [y.service], steps: [{restart: {also: [x.service]}}]`,
      `${DOWN}, unit: z.service, allow: [z.service], steps: [stop, {restart: {also: [x.service]}}]`,
    ],
    [
      'a unit that the other one runs',
      `${DOWN}, unit: x.service, allow: [x.service]`,
      `${DOWN}, unit: y.service, allow: [y.service], steps: [{run: x.service}]`,
    ],
    [
      'a unit that the other one runs to undo a power mode',
      `${DOWN}, unit: y.service, allow: [y.service], steps: [{power_mode: {unit: a.service, undo: x.service}}]`,
      `${DOWN}, unit: z.service, allow: [z.service], steps: [{restart: {also: [x.service]}}]`,
    ],
  ])('%s', (_, one, other) => {
    const problems = problemsOf(two(one, other));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('this one and a may both act on x.service: tell them apart by a label');
    expect(problems[0]).toMatch(/^f\.yml:4:\d+: remediator\.policies\[1\]\.(allow\[\d\]|name): /);
  });

  it('is told at the unit, and with the name of the other policy', () => {
    expect(problemsOf(two(`${DOWN}, allow: [x.service]`, `${DOWN}, allow: [w.service, x.service]`))).toEqual([
      'f.yml:4:62: remediator.policies[1].allow[1]: expected one policy for one alert and one unit; this one and a may both act on x.service: tell them apart by a label, as in severity = "critical" here and severity != "critical" there, or allow the unit in one of them',
    ]);
  });
});

describe('policies that do not overlap', () => {
  it.each<readonly [string, string, string]>([
    ['other units', `${DOWN}, allow: [x.service]`, `${DOWN}, allow: [y.service]`],
    ['other alerts', `${DOWN}, allow: [x.service]`, 'when: [alertname = Up], allow: [x.service]'],
    [
      'another value of another label',
      'when: [alertname = A, team = a], allow: [x.service]',
      'when: [alertname = A, team = b], allow: [x.service]',
    ],
    [
      'a value that the other one excludes',
      'when: [severity = critical], allow: [x.service]',
      'when: [severity != critical], allow: [x.service]',
    ],
    [
      'a value that a pattern does not take',
      `${DOWN}, allow: [x.service]`,
      'when: [alertname =~ "Up.*"], allow: [x.service]',
    ],
    [
      'a value that a pattern excludes',
      `${DOWN}, allow: [x.service]`,
      'when: [alertname !~ "D.*"], allow: [x.service]',
    ],
    [
      'a unit that the label cannot name',
      `${DOWN}, allow: [x.service]`,
      'when: [alertname = Down, unit = y.service], unit: x.service, allow: [x.service]',
    ],
    [
      'units that are written out, of lists that share one',
      `${DOWN}, unit: x.service, allow: [x.service, y.service]`,
      `${DOWN}, unit: y.service, allow: [x.service, y.service]`,
    ],
    [
      'units of which both run the same service',
      `${DOWN}, unit: y.service, allow: [y.service], steps: [{run: x.service}]`,
      `${DOWN}, unit: z.service, allow: [z.service], steps: [{run: x.service}]`,
    ],
    [
      'a label that is there in one, and may not be in the other',
      'when: [team = a], allow: [x.service]',
      'when: [team = ""], allow: [x.service]',
    ],
  ])('%s', (_, one, other) => {
    expect(problemsOf(two(one, other))).toEqual([]);
  });

  it('never both take one alert for one unit', () => {
    const value = fc.constantFrom('a', 'b', 'c');
    const matcher = fc
      .tuple(
        fc.constantFrom('l', 'm', 'unit'),
        fc.constantFrom('=', '!=', '=~', '!~'),
        fc.oneof(value, fc.constantFrom('x.service', 'a|b', '.+', '')),
      )
      .map(([label, operator, text]) => `'${label} ${operator} "${text}"'`);
    const policy = fc
      .tuple(
        fc.array(matcher, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('x.service', '"{{ labels.unit }}"', '"{{ labels.l }}"'),
      )
      .map(([when, unit]) => `when: [${when.join(', ')}], unit: ${unit}, allow: [x.service]`);
    const labels = fc.record({
      l: fc.constantFrom('', 'a', 'b', 'x.service'),
      m: fc.constantFrom('', 'a', 'b'),
      unit: fc.constantFrom('', 'a', 'x.service'),
    });
    let apart = 0;
    fc.assert(
      fc.property(policy, policy, fc.array(labels, { minLength: 20, maxLength: 20 }), (one, other, all) => {
        const loaded = loadConfig(two(one, other));
        if (!loaded.ok) return;
        apart += 1;
        const { policies } = loaded.config.remediator.policySet;
        for (const each of all) {
          const alert: Alert = {
            status: 'firing',
            labels: new Map(Object.entries(each)),
            startsAt: new Date(0),
            fingerprint: 'f',
          };
          const acting = policies.filter(
            (one) => matchesPolicy(one, alert) && one.allow.includes(targetUnit(one.unit, alert)),
          );
          expect(acting.length).toBeLessThan(2);
        }
      }),
      { numRuns: 500 },
    );
    expect(apart).toBeGreaterThan(50);
  });
});
