import type { MetricSpec, Sample } from '../domain/metric.ts';

/** `Content-Type` of a page. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * A page in Prometheus's text format 0.0.4: every metric once, with its samples beneath it.
 *
 * A metric without samples is left out; samples of one metric may come in any order.
 */
export function renderPage(metrics: readonly MetricSpec[], samples: readonly Sample[]): string {
  const lines = new Map<MetricSpec, string[]>(metrics.map((metric) => [metric, []]));
  for (const one of samples) lines.get(one.metric)?.push(sampleLine(one));
  const blocks: string[] = [];
  for (const [metric, own] of lines) {
    if (own.length > 0) blocks.push(headerOf(metric), ...own);
  }
  return blocks.length === 0 ? '' : `${blocks.join('\n')}\n`;
}

function headerOf({ name, help, type }: MetricSpec): string {
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}`;
}

function sampleLine({ metric, labels, value }: Sample): string {
  const pairs = metric.labels.map((label) => `${label}="${escapeLabel(labels[label] ?? '')}"`);
  return `${metric.name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${formatValue(value)}`;
}

function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

const SPECIAL = /[\\"\n]/;

function escapeLabel(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
