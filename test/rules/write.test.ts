import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { AlertRule, RecordingRule } from '../../src/rules/rule.ts';
import { rulesText } from '../../src/rules/write.ts';

const RULE: AlertRule = {
  alert: 'UnitFailed',
  comment: 'Why it is so.\n\n- a list\n  a table:  kept',
  expr: 'a == 1\nor\n  b == 1',
  for: '5s',
  severity: 'warning',
  summary: 'Something: is wrong.',
  description: `${'Many words. '.repeat(20)}Read \`{{ $labels.name }}\`.`,
};
const RECORD: RecordingRule = { record: 'a:b', comment: 'Why.', expr: 'a', labels: { threshold: 'x' } };

const textOf = (rule: AlertRule | RecordingRule) =>
  rulesText([{ name: 'g', comment: 'About.', rules: [rule] }]);
const firstRule = (rule: AlertRule | RecordingRule): unknown => parse(textOf(rule)).groups[0].rules[0];

describe('rulesText', () => {
  it('gives the rule again when it is read, texts to the letter', () => {
    expect(firstRule(RULE)).toEqual({
      alert: 'UnitFailed',
      expr: RULE.expr,
      for: '5s',
      labels: { severity: 'warning' },
      annotations: {
        summary: RULE.summary,
        description: RULE.description,
        runbook_url: 'alerts/runbooks/UnitFailed.md',
      },
    });
    expect(firstRule(RECORD)).toEqual({ record: 'a:b', expr: 'a', labels: { threshold: 'x' } });
  });

  it('gives what is to be repaired the labels by which the remediator finds it, and the host', () => {
    const host = '{{ reReplaceAll ":[0-9]+$" "" $labels.instance }}';
    const repairs = { manager: 'systemd', unit: '{{ $labels.name }}' } as const;
    expect(firstRule({ ...RULE, repairs, keepFiringFor: '15m' })).toMatchObject({
      keep_firing_for: '15m',
      labels: { severity: 'warning', ...repairs, host },
    });
    expect(firstRule({ ...RULE, about: '{{ $labels.name }}' })).toMatchObject({
      labels: { severity: 'warning', unit: '{{ $labels.name }}', host },
    });
  });

  it('keeps the reasons as comments in front of what they are about', () => {
    const lines = textOf(RULE).split('\n');
    expect(lines[0]).toBe('# About.');
    const at = lines.indexOf('      - alert: UnitFailed');
    expect(lines.slice(at - 4, at)).toEqual([
      '      # Why it is so.',
      '      #',
      '      # - a list',
      '      #   a table:  kept',
    ]);
  });

  it('breaks no template and writes no line that is wider than a screen, but for PromQL', () => {
    const description = Array.from({ length: 40 }, () => '{{ $labels.name }}').join(' ');
    const text = textOf({ ...RULE, description });
    expect(text).not.toMatch(/\{\{[^}]*$/m);
    expect(text.split('\n').filter((line) => line.length > 110)).toEqual([]);
    expect(firstRule({ ...RULE, description })).toMatchObject({ annotations: { description } });
  });

  it('writes several groups into one file, and none as an empty one', () => {
    const group = { comment: 'About.', rules: [RULE] };
    const read: unknown = parse(
      rulesText([
        { ...group, name: 'a' },
        { ...group, name: 'b' },
      ]),
    );
    expect(read).toMatchObject({ groups: [{ name: 'a' }, { name: 'b' }] });
    expect(parse(rulesText([{ name: 'g', comment: 'None.', rules: [] }]))).toMatchObject({
      groups: [{ name: 'g' }],
    });
  });
});
