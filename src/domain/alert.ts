/** One alert of an Alertmanager notification. Labels are whatever a rule's author, or an attacker, wrote. */
export interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: ReadonlyMap<string, string>;
  readonly startsAt: Date;
  /** Hash of the label set, made by Alertmanager; the same when the same alert fires again. */
  readonly fingerprint: string;
}

/** The name of the rule that fired, or an empty text. */
export function alertName(alert: Alert): string {
  return alert.labels.get('alertname') ?? '';
}
