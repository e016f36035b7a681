import { readdirSync, readFileSync } from 'node:fs';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { defineMetric } from '../../src/domain/metric.ts';
import { allCollectors } from './collectors.ts';
import { METRICS_FILE, metricsFileText } from './metrics-file.ts';
import { metricsPage } from './metrics-page.ts';

const SOURCES = new URL('../../src/', import.meta.url);

/** prom-client's, which fettle does not export: gauges that are called `_total`. */
const NOT_EXPORTED = /^nodejs_active_\w+_total$/;

describe('docs/METRICS.md', () => {
  const text = metricsFileText();

  it('is what `npm run docs` gives, byte for byte', () => {
    expect(readFileSync(METRICS_FILE, 'utf8')).toBe(text);
  });

  it('asks every collector that there is', () => {
    const factories = sourceFiles().flatMap(
      (file) => file.match(/export function create\w+Collector\b/g) ?? [],
    );
    expect(allCollectors()).toHaveLength(factories.length);
  });

  it('names every metric that the source defines by a plain name', () => {
    const defined = sourceFiles().flatMap((file) =>
      [
        ...file.matchAll(
          /\bname: '((?:systemd|fettle|thermal|hwmon|machine|fan|cooling|cpu|gpu|pressure)_\w+)'/g,
        ),
      ].map(([, name]) => name),
    );
    expect(defined.length).toBeGreaterThan(5);
    expect(defined.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('names every metric of the process that prom-client gives', () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    expect(names.filter((name) => !NOT_EXPORTED.test(name) && !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('has each metric once, and each with a source and a help that is a sentence', () => {
    const metrics = allCollectors().flatMap((collector) => collector.metrics);
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    for (const { help, source } of metrics) {
      expect(help).toMatch(/^[A-Z].*\.$/s);
      expect(source).toMatch(/\S/);
    }
  });
});

describe('metricsPage', () => {
  it('makes a row of a metric, with markup escaped', () => {
    const metric = defineMetric({
      name: 'a_bytes',
      type: 'gauge',
      labels: ['name', 'mode'],
      source: '/sys/*/a|b',
      help: 'What <a> is.',
    });
    expect(metricsPage([{ title: 'Collector `a`', metrics: [metric] }])).toContain(
      '| `a_bytes` | gauge | `name`, `mode` | /sys/\\*/a\\|b | What \\<a> is. |\n',
    );
  });
});

function sourceFiles(): readonly string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, SOURCES), 'utf8'));
}
