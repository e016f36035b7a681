/** Labels that tell a unit from every other one: one of a user's own manager has that user's name, too. */
export const UNIT_LABELS = ['instance', 'user', 'name'] as const;

/** A condition on a series that ends by going away, and whose alert must outlast a missed scrape. */
interface HeldCondition {
  readonly alert: string;
  /** The series, as a selector. */
  readonly series: string;
  /** What is true of it, such as `== 1`. */
  readonly is: string;
  /** Labels that tell its subjects apart. */
  readonly on: readonly string[];
  /** A series of one value 1 for each instance that says that the scrape has told all there is. */
  readonly told: string;
}

/**
 * PromQL: where a condition holds, and where it held before and nobody can tell now.
 *
 * last_over_time alone would not do: a series that went away because all is well again would be believed for as long
 * as its window. So what is past only prolongs an alert that is there already, and only until a scrape succeeds. A
 * manager of a user's own tells of its units itself, whatever that of the system does.
 */
export function held({ alert, series, is, on, told }: HeldCondition): string {
  return [
    `${series} ${is}`,
    'or',
    `last_over_time(${series}[2m]) ${is}`,
    `  and on (${on.join(', ')}) ALERTS{alertname="${alert}"}`,
    `  unless on (instance, user) ${told} == 1`,
  ].join('\n');
}

/** The condition on a series of systemd's units: it is told whenever systemd answers. */
export function heldUnit(alert: string, series: string, is = '== 1'): string {
  return held({ alert, series, is, on: UNIT_LABELS, told: 'fettle_systemd_up{job="fettle"}' });
}
