import type { MetricSpec } from '../domain/metric.ts';
import type { Written } from './written.ts';

/** One metric of a page with all its lines. */
export interface Family {
  /** As the text format tells it: a counter's ends in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** UTF-8, in pieces; in a histogram the lines of `_bucket`, `_sum` and `_count`. */
  readonly lines: readonly Uint8Array[];
}

/** What was written, gathered beneath its metrics in their order; a metric without lines is left out. */
export function familiesOf(metrics: readonly MetricSpec[], written: readonly Written[]): readonly Family[] {
  return metrics.flatMap((metric) => {
    const lines = written.flatMap((one) => one.get(metric) ?? []);
    return lines.length === 0 ? [] : [{ name: metric.name, help: metric.help, type: metric.type, lines }];
  });
}
