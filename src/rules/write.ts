import { stringify } from 'yaml';
import { commentLines } from './comment.ts';
import { type AlertRule, isAlertRule, type RecordingRule, type RuleGroup } from './rule.ts';
import { wrapped } from './wrapped.ts';

/** Lines of a YAML text, to be indented by whoever they are within. */
type Lines = readonly string[];

/** The text of a rule file of Prometheus: groups, with the reasons of their rules as comments. */
export function rulesText(groups: readonly RuleGroup[]): string {
  const [only, ...more] = groups;
  const lines =
    only !== undefined && more.length === 0
      ? [...commentLines(only.comment), 'groups:', ...indented(groupLines(only), 2)]
      : ['groups:', ...groups.flatMap((group) => indented(commentedGroup(group), 2))];
  return `${lines.join('\n')}\n`;
}

/** Where an alert's runbook is, in the project and in the installed package: no web address is the same for all. */
export function runbookOf({ alert }: Pick<AlertRule, 'alert'>): string {
  return `alerts/runbooks/${alert}.md`;
}

function commentedGroup(group: RuleGroup): Lines {
  return [...commentLines(group.comment), ...groupLines(group), ''];
}

function groupLines({ name, rules }: RuleGroup): Lines {
  const written = rules.flatMap((rule, index) => [...(index === 0 ? [] : ['']), ...ruleLines(rule)]);
  return [`- name: ${name}`, '  rules:', ...indented(written, 4)];
}

function ruleLines(rule: AlertRule | RecordingRule): Lines {
  const keys = isAlertRule(rule) ? alertKeys(rule) : recordKeys(rule);
  const [first = '', ...rest] = keys;
  return [...commentLines(rule.comment), `- ${first}`, ...indented(rest, 2)];
}

function alertKeys(rule: AlertRule): Lines {
  return [
    pair('alert', rule.alert),
    ...block('expr', rule.expr),
    pair('for', rule.for),
    ...(rule.keepFiringFor === undefined ? [] : [pair('keep_firing_for', rule.keepFiringFor)]),
    ...map('labels', labelsOf(rule)),
    'annotations:',
    ...indented(
      [
        pair('summary', rule.summary),
        ...folded('description', rule.description),
        pair('runbook_url', runbookOf(rule)),
      ],
      2,
    ),
  ];
}

/** Host of an instance: both halves of fettle, on ports of their own, have the same. */
const HOST = '{{ reReplaceAll ":[0-9]+$" "" $labels.instance }}';

function labelsOf({ severity, repairs, about, labels }: AlertRule): Readonly<Record<string, string>> {
  const unit = repairs?.unit ?? about;
  const subject = unit === undefined ? {} : { unit, host: HOST };
  return { severity, ...(repairs === undefined ? {} : { manager: repairs.manager }), ...subject, ...labels };
}

function recordKeys(rule: RecordingRule): Lines {
  return [
    pair('record', rule.record),
    ...block('expr', rule.expr),
    ...(rule.labels === undefined ? [] : map('labels', rule.labels)),
  ];
}

/** A map of texts; none is left out, also not an empty one. */
function map(key: string, entries: Readonly<Record<string, string>>): Lines {
  return [`${key}:`, ...Object.entries(entries).map(([name, value]) => `  ${pair(name, value)}`)];
}

/** A key and a text in one line, quoted where YAML would take it for something else. */
function pair(key: string, value: string): string {
  return stringify({ [key]: value }, { lineWidth: 0 }).trimEnd();
}

/** A text with its line breaks. */
function block(key: string, value: string): Lines {
  if (!value.includes('\n')) return [pair(key, value)];
  return [`${key}: |-`, ...indented(value.split('\n'), 2)];
}

/** A text of one paragraph, in several lines that are one line to who reads the file. */
function folded(key: string, value: string): Lines {
  return [`${key}: >-`, ...indented(wrapped(value, 96), 2)];
}

function indented(lines: Lines, by: number): Lines {
  return lines.map((line) => (line === '' ? '' : `${' '.repeat(by)}${line}`));
}
