import { describe, expect, it } from 'vitest';
import { type Comparison, growthVerdict, isKept, verdictsOf } from './limits.ts';
import type { Measured } from './measure.ts';
import { comparisonReport } from './report.ts';

const measured = (p50Ms: number, cpuMs: number, residentMB: number): Measured => ({
  p50Ms,
  maxMs: p50Ms * 2,
  cpu: { scheduledMs: cpuMs, tickedMs: cpuMs },
  ownCpu: { scheduledMs: cpuMs / 2, tickedMs: cpuMs / 2 },
  series: 10,
  pageBytes: 1000,
  lost: 0,
  memory: { residentBytes: residentMB * 1e6, peakBytes: residentMB * 1e6 },
  first: { answeredMs: 300, firstScrapeMs: 10, completeMs: 900, cpuMs: 500, ownCpuMs: 400 },
  eventLoopMs: undefined,
});

const comparison = (services: number, fettle: Measured): Comparison => ({
  services,
  fettle,
  nodeExporter: measured(120, 240, 20),
  unitsUnchanged: true,
});

const missed = (one: Comparison) =>
  verdictsOf(one)
    .filter((verdict) => !isKept(verdict))
    .map(({ figure }) => figure);

describe('verdictsOf', () => {
  it('allows an eighth of the cost and 75 MB below 1000 services', () => {
    expect(missed(comparison(100, measured(15, 30, 75)))).toEqual([]);
    expect(missed(comparison(100, measured(15.1, 30.1, 76)))).toEqual([
      'p50 of a scrape, fettle / node_exporter',
      'CPU of a scrape, fettle / node_exporter',
      'resident memory',
    ]);
  });

  it('allows a twelfth from 1000 services on, and more memory for more', () => {
    expect(missed(comparison(1000, measured(10, 20, 110)))).toEqual([]);
    expect(missed(comparison(1000, measured(15, 20, 111)))).toHaveLength(2);
    expect(missed(comparison(3000, measured(10, 20, 160)))).toEqual([]);
  });

  it('does not take a figure that is missing for a good one', () => {
    expect(missed(comparison(100, measured(Number.NaN, 30, 75)))).toHaveLength(1);
  });
});

describe('growthVerdict', () => {
  it('compares the CPU at 3000 services with that at 1000, where both are known', () => {
    const small = comparison(1000, measured(10, 20, 100));
    const large = comparison(3000, measured(30, 70, 150));
    expect(growthVerdict([small, large])).toMatchObject({ value: 3.5, limit: 3.3 });
    expect(growthVerdict([small])).toBeUndefined();
  });
});

describe('comparisonReport', () => {
  it('says which limits were kept, and when the lost series mean nothing', () => {
    const report = comparisonReport({
      ...comparison(1000, measured(15, 20, 100)),
      unitsUnchanged: false,
    });
    expect(report).toMatch(/p50 of a scrape, fettle \/ node_exporter +\| 1\/8\.0 +\| 1\/12\.0 +\| missed/);
    expect(report).toMatch(/CPU of a scrape, fettle \/ node_exporter +\| 1\/12\.0 +\| 1\/12\.0 +\| ok/);
    expect(report).toContain('The units changed meanwhile');
  });
});
