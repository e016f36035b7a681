import type { MetricValue, Registry } from 'prom-client';
import type { MetricSpec, Sample } from '../domain/metric.ts';
import type { Family } from './family.ts';
import { writeSamples } from './written.ts';

/**
 * The metrics of a prom-client registry, histograms and summaries included; those without a value are left out.
 *
 * prom-client 15.1 could write a page itself, but in OpenMetrics only by renaming its counters for good.
 */
export async function registryFamilies(registry: Registry): Promise<readonly Family[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.flatMap(({ name, help, type, values }) => {
    const known = FAMILY_TYPES.find((one) => one === String(type));
    if (known === undefined || values.length === 0) return [];
    const samples = values.map((value) => sampleOf(name, help, value));
    return [{ name, help, type: known, lines: [...writeSamples(samples).values()] }];
  });
}

/** What prom-client calls its types; its declarations say numbers, its code says these. */
const FAMILY_TYPES: readonly Family['type'][] = ['counter', 'gauge', 'histogram', 'summary'];

function sampleOf(family: string, help: string, { labels, value, ...rest }: MetricValue<string>): Sample {
  // Histograms and summaries name each value, which the declarations do not say.
  const name = 'metricName' in rest && typeof rest.metricName === 'string' ? rest.metricName : family;
  const texts = Object.entries(labels).map(([label, text]) => [label, labelText(label, text)] as const);
  const metric: MetricSpec = {
    name,
    help,
    type: 'gauge',
    labels: texts.map(([label]) => label),
    source: 'prom-client',
  };
  return { metric, labels: Object.fromEntries(texts), value };
}

/** Limits of buckets and quantiles are written 1.0, not 1: OpenMetrics wants it, and Prometheus 3 does it. */
function labelText(label: string, text: string | number | undefined): string {
  const written = String(text ?? '');
  const isNumber = label === 'le' || label === 'quantile';
  return isNumber && /^\d+$/.test(written) ? `${written}.0` : written;
}
