import { describe, expect, it } from 'vitest';
import type { Collector } from '../../src/collectors/collector.ts';
import { defineMetric, sample } from '../../src/domain/metric.ts';
import { createScrape } from '../../src/metrics/scrape.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { parsePage, type Series } from './text-format.ts';

/** Longer than any test. */
const LONG_MS = 3_600_000;

/** A collector of one metric called after it. */
function collectorOf(name: string, collect: (signal: AbortSignal) => number | Promise<number>): Collector {
  const metric = defineMetric({
    name: `${name}_value`,
    help: name,
    type: 'gauge',
    labels: [],
    source: 'test',
  });
  return {
    name,
    metrics: [metric],
    collect: async (signal) => [sample(metric, {}, await collect(signal))],
  };
}

function scrapeOf(
  collectors: readonly Collector[],
  { limitMs = LONG_MS, elapsedMs = () => 0 }: { limitMs?: number; elapsedMs?: () => number } = {},
) {
  const { log, lines } = recordedLog();
  const scrape = createScrape({ collectors, limitMs, elapsedMs, log });
  const value = (series: readonly Series[], name: string, collector?: string) =>
    series.find((one) => one.name === name && one.labels['collector'] === collector)?.value;
  return { lines, value, read: async () => parsePage(await scrape()).series };
}

const good = collectorOf('good', () => 7);

describe('createScrape', () => {
  it('gives every collector its values, its success and its duration', async () => {
    const { read, lines } = scrapeOf([good, collectorOf('other', () => 8)]);
    expect(await read()).toEqual([
      { name: 'good_value', labels: {}, value: 7 },
      { name: 'other_value', labels: {}, value: 8 },
      { name: 'fettle_collector_success', labels: { collector: 'good' }, value: 1 },
      { name: 'fettle_collector_success', labels: { collector: 'other' }, value: 1 },
      { name: 'fettle_collector_duration_seconds', labels: { collector: 'good' }, value: 0 },
      { name: 'fettle_collector_duration_seconds', labels: { collector: 'other' }, value: 0 },
    ]);
    expect(lines).toEqual([]);
  });

  it.each([
    [
      'rejects',
      async () => {
        throw new Error('no sysfs');
      },
    ],
    [
      'throws at once',
      () => {
        throw new Error('no sysfs');
      },
    ],
  ])('loses only the series of a collector that %s', async (_, collect) => {
    const failing: Collector = { ...collectorOf('failing', () => 1), collect };
    const { read, value, lines } = scrapeOf([failing, good]);
    const series = await read();
    expect(value(series, 'failing_value')).toBeUndefined();
    expect(value(series, 'good_value')).toBe(7);
    expect(value(series, 'fettle_collector_success', 'failing')).toBe(0);
    expect(value(series, 'fettle_collector_success', 'good')).toBe(1);
    expect(value(series, 'fettle_collector_duration_seconds', 'failing')).toBe(0);
    expect(lines).toEqual([
      { level: 'warn', fields: { collector: 'failing', err: 'no sysfs' }, message: 'collector failed' },
    ]);
  });

  it('does not wait for a collector that hangs and ignores its signal', async () => {
    const hanging = collectorOf('hanging', () => new Promise<number>(() => undefined));
    const { read, value, lines } = scrapeOf([hanging, good], { limitMs: 5 });
    const series = await read();
    expect(value(series, 'hanging_value')).toBeUndefined();
    expect(value(series, 'good_value')).toBe(7);
    expect(value(series, 'fettle_collector_success', 'hanging')).toBe(0);
    expect(lines).toMatchObject([
      { fields: { collector: 'hanging', err: 'collector hanging: not done within 0.005 s' } },
    ]);
  });

  it('tells a collector by its signal that time is up', async () => {
    let given: AbortSignal | undefined;
    const hanging = collectorOf('hanging', (signal) => {
      given = signal;
      return new Promise<number>(() => undefined);
    });
    await scrapeOf([hanging], { limitMs: 5 }).read();
    expect(given?.aborted).toBe(true);
  });

  it('counts having nothing to read as success', async () => {
    const empty: Collector = { ...good, name: 'empty', collect: () => [] };
    const { read, value } = scrapeOf([empty]);
    expect(value(await read(), 'fettle_collector_success', 'empty')).toBe(1);
  });

  it('measures each collector by the clock, one that fails too', async () => {
    let now = 1_000_000;
    const slow = collectorOf('slow', () => {
      now += 1500;
      return 1;
    });
    const failing = collectorOf('failing', () => {
      now += 250;
      throw new Error('no luck');
    });
    const first = scrapeOf([slow], { elapsedMs: () => now });
    expect(first.value(await first.read(), 'fettle_collector_duration_seconds', 'slow')).toBe(1.5);
    const second = scrapeOf([failing], { elapsedMs: () => now });
    expect(second.value(await second.read(), 'fettle_collector_duration_seconds', 'failing')).toBe(0.25);
  });

  it('runs collectors side by side', async () => {
    let meet: (value: number) => void = () => undefined;
    const waiting = collectorOf('waiting', () => new Promise<number>((resolve) => (meet = resolve)));
    const meeting = collectorOf('meeting', () => {
      meet(5);
      return 6;
    });
    const { read, value } = scrapeOf([waiting, meeting]);
    expect(value(await read(), 'waiting_value')).toBe(5);
  });

  it('recovers at the next scrape', async () => {
    let broken = true;
    const flaky = collectorOf('flaky', () => {
      if (broken) throw new Error('no luck');
      return 9;
    });
    const { read, value } = scrapeOf([flaky]);
    await read();
    broken = false;
    const series = await read();
    expect(value(series, 'flaky_value')).toBe(9);
    expect(value(series, 'fettle_collector_success', 'flaky')).toBe(1);
  });
});
