/** What a metric is: the one place where its name, labels, help and origin are written. */
export interface MetricSpec<L extends string = string> {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly labels: readonly L[];
  /** Where the value comes from, for people who want to check it. */
  readonly source: string;
}

/** One value of one metric. Labels are in the order of the spec. */
export interface Sample {
  readonly metric: MetricSpec;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Types a spec by its labels, so that a sample with a wrong label does not compile. */
export function defineMetric<const L extends string = never>(spec: MetricSpec<L>): MetricSpec<L> {
  return spec;
}

/** A value of a metric. */
export function sample<L extends string>(
  metric: MetricSpec<L>,
  labels: Readonly<Record<NoInfer<L>, string>>,
  value: number,
): Sample {
  return { metric, labels, value };
}
