/** How soon somebody must look: not at all, in working hours, at once. */
export type Severity = 'info' | 'warning' | 'critical';

/**
 * What fettle may repair when an alert fires, in the labels by which the remediator finds it.
 *
 * The label `host` is added to them: the two halves of fettle have an instance each, and one host.
 */
export interface RepairTarget {
  readonly manager: 'systemd' | 'launchd' | 'pidfile';
  /** A template of Prometheus such as `{{ $labels.name }}`. */
  readonly unit: string;
}

/** The unit that the label `name` of a series names, a unit of systemd. */
export const SYSTEMD_UNIT: RepairTarget = { manager: 'systemd', unit: '{{ $labels.name }}' };

/** An alerting rule, as it stands in a file of rules. */
export interface AlertRule {
  /** CamelCase, at most 40 characters, known once in all groups; its runbook is `alerts/runbooks/NAME.md`. */
  readonly alert: string;
  /**
   * Why the rule is as it is, for who reads the file: plain text, an empty line between paragraphs.
   *
   * It is wrapped when it is written; a line that begins with two spaces stays as it is.
   */
  readonly comment: string;
  /** PromQL, in the lines in which it is to be read. Selects `job="fettle"` or `job="fettle-remediator"`. */
  readonly expr: string;
  /** A duration of Prometheus. More than none, so that two evaluations in a row must agree. */
  readonly for: string;
  readonly keepFiringFor?: string;
  readonly severity: Severity;
  /** Left out where there is nothing to repair: such an alert is for people only. */
  readonly repairs?: RepairTarget;
  /**
   * The unit that a page is about, as a template, where `repairs` is left out.
   *
   * Fettle is not told of such an alert. Alertmanager holds a critical one back while fettle repairs that unit.
   */
  readonly about?: string;
  /** Further labels, none with a value that changes while the alert fires. */
  readonly labels?: Readonly<Record<string, string>>;
  /** One sentence that is the same for every series. */
  readonly summary: string;
  /** What is wrong with which thing, and what to do: whole sentences, with at least one `{{ }}`. */
  readonly description: string;
}

/** A rule that records a series, which others use. */
export interface RecordingRule {
  /** Name of the series, with a colon as recorded ones have. */
  readonly record: string;
  readonly comment: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The rules of one file, at most 20: Prometheus evaluates them one after the other. */
export interface RuleGroup {
  /** Also the name of the file: `alerts/NAME.rules.yml`. */
  readonly name: string;
  /** What the file is about, at its top; the same plain text as a comment of a rule. */
  readonly comment: string;
  readonly rules: readonly (AlertRule | RecordingRule)[];
}

/** Whether a rule alerts; otherwise it records. */
export function isAlertRule(rule: AlertRule | RecordingRule): rule is AlertRule {
  return 'alert' in rule;
}
