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

/** Series of a metric that has no unit, of the chosen hosts. `matchers` are written as in PromQL. */
export function hostSeries(metric: string, ...matchers: readonly string[]): Selector {
  const all = ['job=~"$job"', 'instance=~"$instance"', ...matchers];
  return { kind: 'selector', text: `${metric}{${all.join(',')}}` };
}

/** Series of a metric with the label `name`, of the chosen units on the chosen hosts. */
export function unitSeries(metric: string, ...matchers: readonly string[]): Selector {
  return hostSeries(metric, 'name=~"$name"', ...matchers);
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
