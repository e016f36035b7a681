import { describe, expect, it } from 'vitest';
import { collectorMetrics, dashboardMetrics, documentedMetrics, ruleMetrics } from './catalogue.ts';
import { UNUSED } from './unused-metrics.ts';

/** What Prometheus makes itself, of each scrape and of each alert. */
const OF_PROMETHEUS = /^(up|ALERTS|scrape_\w+)$/;

/** What `fettle rules --config` records; without a configuration nobody does, and rules hold without it. */
const RECORDED = 'fettle:threshold';

describe('the catalogue of metrics', () => {
  const documented = documentedMetrics();
  const used = [...dashboardMetrics(), ...ruleMetrics()];

  it('has every metric that a dashboard or a rule uses', () => {
    const unknown = used.filter(([metric]) => {
      const family = metric.replace(/_(sum|count|bucket)$/, '');
      return ![metric, family].some((one) => documented.has(one)) && !OF_PROMETHEUS.test(metric);
    });
    expect(unknown.filter(([metric]) => metric !== RECORDED)).toEqual([]);
  });

  it('has no metric that nobody uses, but for those with a reason', () => {
    const usedNames = new Set(used.map(([metric]) => metric));
    const unused = collectorMetrics().filter((metric) => !usedNames.has(metric));
    const excused = UNUSED.flatMap(({ metrics }) => metrics);
    expect(
      unused.filter((metric) => !excused.includes(metric)),
      'used by no panel and no rule',
    ).toEqual([]);
    expect(
      excused.filter((metric) => !unused.includes(metric)),
      'used after all',
    ).toEqual([]);
    console.log(
      `catalogue: ${collectorMetrics().length} metrics of collectors, ${usedNames.size} used by dashboards and rules, ${excused.length} unused with a reason`,
    );
  });
});
