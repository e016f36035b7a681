/** Series of one metric that the dashboard's job and instance choose. Only the functions below make one. */
export interface Selector {
  readonly kind: 'selector';
  readonly text: string;
}

/** A PromQL expression that reads at least one selector. */
export interface Expression {
  readonly kind: 'expression';
  readonly text: string;
}

/** Series of a metric, of the chosen hosts. `matchers` are written as in PromQL. */
export function hostSeries(metric: string, ...matchers: readonly string[]): Selector {
  const all = ['job=~"$job"', 'instance=~"$instance"', ...matchers];
  return { kind: 'selector', text: `${metric}{${all.join(',')}}` };
}

/** Series of a metric with the label `name`, of the chosen units on the chosen hosts. */
export function unitSeries(metric: string, ...matchers: readonly string[]): Selector {
  return hostSeries(metric, 'name=~"$name"', ...matchers);
}

/**
 * Alerts that Prometheus holds, of the chosen hosts.
 *
 * The empty instance is that of alerts about something that is not there at all, such as absent(up).
 */
export function alertSeries(...matchers: readonly string[]): Selector {
  const all = ['job=~"$job"', 'instance=~"$instance|"', ...matchers];
  return { kind: 'selector', text: `ALERTS{${all.join(',')}}` };
}

/**
 * Writes an expression around selectors: promql`sum(${unitSeries('m')})`.
 *
 * A panel takes nothing else, so an expression that forgets job and instance does not compile.
 */
export function promql(
  words: TemplateStringsArray,
  ...parts: readonly [Selector | Expression, ...(Selector | Expression | number)[]]
): Expression {
  const texts = parts.map((part) => (typeof part === 'number' ? String(part) : part.text));
  return { kind: 'expression', text: String.raw({ raw: words }, ...texts) };
}

/** All series of all expressions together (PromQL's `or`). */
export function either(first: Expression, ...others: readonly Expression[]): Expression {
  return { kind: 'expression', text: [first, ...others].map((one) => one.text).join('\n  or ') };
}

/** The first expression, or, if it has no series at all, the other one whatever its labels are. */
export function orElse(expression: Expression, other: Expression): Expression {
  return promql`(${expression})\nor on () (${other})`;
}

/**
 * A number while some chosen fettle answers, and nothing while none does.
 *
 * For `orElse`: "there is none of it" can then be told from "nobody knows".
 */
export function whileAnswered(value: number): Expression {
  return promql`0 * (count(${hostSeries('up')} == 1) > 0) + ${value}`;
}

/** The expression, or 0 if it has no series though fettle answers: for counts, whose absence means none. */
export function orZero(expression: Expression): Expression {
  return orElse(expression, whileAnswered(0));
}
