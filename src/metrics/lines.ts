import type { MetricSpec, Sample } from '../domain/metric.ts';

/** Labels that samples have beside those of their metric. */
export type MoreLabels = Readonly<Record<string, string>>;

/** The lines of samples beneath their metrics, in the order of the samples; the same in both formats. */
export function linesByMetric(
  samples: readonly Sample[],
  more: MoreLabels = {},
): ReadonlyMap<MetricSpec, string> {
  const rest = Object.entries(more).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  const lines = new Map<MetricSpec, string>();
  let metric: MetricSpec | undefined;
  let text = '';
  for (const one of samples) {
    if (one.metric !== metric) {
      if (metric !== undefined) lines.set(metric, text);
      metric = one.metric;
      text = lines.get(metric) ?? '';
    }
    text += lineOf(one, rest);
  }
  if (metric !== undefined) lines.set(metric, text);
  return lines;
}

function lineOf({ metric, labels, value }: Sample, rest: readonly string[]): string {
  let line = metric.name;
  let before = '{';
  // A plain loop and one text that grows: measured, arrays and templates take half as long again.
  for (const label of metric.labels) {
    line += `${before}${label}="${escapeLabel(labels[label] ?? '')}"`;
    before = ',';
  }
  for (const pair of rest) {
    line += before + pair;
    before = ',';
  }
  return `${line}${before === ',' ? '} ' : ' '}${formatValue(value)}\n`;
}

function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

const SPECIAL = /[\\"\n]/;

/** The text of a label's value, between its quotes. */
export function escapeLabel(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
