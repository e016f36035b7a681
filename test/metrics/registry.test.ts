import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { expect, it } from 'vitest';
import { registryFamilies } from '../../src/metrics/registry.ts';
import { createSelfMetrics } from '../../src/metrics/self.ts';
import { parseOpenMetrics } from './openmetrics.ts';
import { pageOfFamilies } from './pages.ts';
import { parsePage } from './text-format.ts';

/** A registry with one metric of each type. */
function filledRegistry(): Registry {
  const registry = new Registry();
  const own = { help: 'Of "it".', labelNames: ['kind'], registers: [registry] };
  new Counter({ ...own, name: 'a_total' }).inc({ kind: 'x"\n\\' }, 2);
  new Gauge({ ...own, name: 'b' }).set({ kind: 'x' }, Number.NaN);
  const histogram = new Histogram({ ...own, name: 'c_seconds', buckets: [0.5, 1] });
  histogram.observe({ kind: 'x' }, 0.75);
  histogram.observe({ kind: 'y' }, 3);
  new Summary({ ...own, name: 'd_seconds', percentiles: [0.5, 1] }).observe({ kind: 'x' }, 4);
  new Gauge({ ...own, name: 'without_values' });
  return registry;
}

const SERIES = [
  { name: 'a_total', labels: { kind: 'x"\n\\' }, value: 2 },
  { name: 'b', labels: { kind: 'x' }, value: Number.NaN },
  { name: 'c_seconds_bucket', labels: { le: '0.5', kind: 'x' }, value: 0 },
  { name: 'c_seconds_bucket', labels: { le: '1.0', kind: 'x' }, value: 1 },
  { name: 'c_seconds_bucket', labels: { le: '+Inf', kind: 'x' }, value: 1 },
  { name: 'c_seconds_sum', labels: { kind: 'x' }, value: 0.75 },
  { name: 'c_seconds_count', labels: { kind: 'x' }, value: 1 },
  { name: 'c_seconds_bucket', labels: { le: '0.5', kind: 'y' }, value: 0 },
  { name: 'c_seconds_bucket', labels: { le: '1.0', kind: 'y' }, value: 0 },
  { name: 'c_seconds_bucket', labels: { le: '+Inf', kind: 'y' }, value: 1 },
  { name: 'c_seconds_sum', labels: { kind: 'y' }, value: 3 },
  { name: 'c_seconds_count', labels: { kind: 'y' }, value: 1 },
  { name: 'd_seconds', labels: { quantile: '0.5', kind: 'x' }, value: 4 },
  { name: 'd_seconds', labels: { quantile: '1.0', kind: 'x' }, value: 4 },
  { name: 'd_seconds_sum', labels: { kind: 'x' }, value: 4 },
  { name: 'd_seconds_count', labels: { kind: 'x' }, value: 1 },
];

it.each([
  ['text', parsePage, 'a_total'],
  ['openmetrics', parseOpenMetrics, 'a'],
] as const)('writes each type of prom-client in %s', async (format, parse, counter) => {
  const page = parse(pageOfFamilies(await registryFamilies(filledRegistry()), format));
  expect(page.series).toEqual(SERIES);
  expect(Object.fromEntries(page.types)).toEqual({
    [counter]: 'counter',
    b: 'gauge',
    c_seconds: 'histogram',
    d_seconds: 'summary',
  });
  expect(page.help.get('c_seconds')).toBe('Of "it".');
});

it("writes the process's own metrics in OpenMetrics", async () => {
  const self = createSelfMetrics('1', () => 7);
  self.countWebhook(200);
  const page = parseOpenMetrics(pageOfFamilies(await self.families(), 'openmetrics'));
  expect(page.types.get('fettle_webhook_requests')).toBe('counter');
  expect(page.types.get('process_cpu_seconds')).toBe('counter');
});
