import { describe, expect, it } from 'vitest';
import { blockOf, type Collector } from '../../src/collectors/collector.ts';
import { defineMetric, sample } from '../../src/domain/metric.ts';
import { createScrape, type ScrapeRequest } from '../../src/metrics/scrape.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { parseOpenMetrics } from './openmetrics.ts';
import { scrapedPage } from './pages.ts';
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
    collect: async (signal) => [blockOf([sample(metric, {}, await collect(signal))])],
  };
}

function scrapeOf(
  collectors: readonly Collector[],
  { limitMs = LONG_MS, elapsedMs = () => 0 }: { limitMs?: number; elapsedMs?: () => number } = {},
) {
  const { log, lines } = recordedLog();
  const scrape = createScrape({ collectors, always: async () => [], limitMs, elapsedMs, log });
  const value = (series: readonly Series[], name: string, collector?: string) =>
    series.find((one) => one.name === name && one.labels['collector'] === collector)?.value;
  const read = async (given?: Partial<ScrapeRequest>) => parsePage(await scrapedPage(scrape, given)).series;
  return { scrape, lines, value, read };
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

/** A collector that answers when the test says so; its value is how often it was asked. */
function heldCollector(name: string) {
  const waiting: (() => void)[] = [];
  let asked = 0;
  const collector = collectorOf(name, async () => {
    asked += 1;
    const value = asked;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return value;
  });
  const release = () => {
    for (const go of waiting.splice(0)) go();
  };
  return { collector, release, asked: () => asked };
}

describe('the collectors of a scrape', () => {
  it('are those that were asked for, in the order of the page, and only they are judged', async () => {
    const third = collectorOf('third', () => 9);
    const { read } = scrapeOf([good, collectorOf('other', () => 8), third]);
    const series = await read({ collectors: new Set(['third', 'good']) });
    expect(series.map(({ name, labels }) => [name, labels['collector']])).toEqual([
      ['good_value', undefined],
      ['third_value', undefined],
      ['fettle_collector_success', 'good'],
      ['fettle_collector_success', 'third'],
      ['fettle_collector_duration_seconds', 'good'],
      ['fettle_collector_duration_seconds', 'third'],
    ]);
  });

  it('may be none', async () => {
    expect(await scrapeOf([good]).read({ collectors: new Set() })).toEqual([]);
  });

  it('can be asked for by name', () => {
    expect(scrapeOf([good, collectorOf('other', () => 8)]).scrape.collectors).toEqual(['good', 'other']);
  });
});

describe('the limit of a scrape', () => {
  const hanging = () => collectorOf('hanging', () => new Promise<number>(() => undefined));

  it('is the one that was asked for, if it is less than usual: what is ready by then is served', async () => {
    const { read, value, lines } = scrapeOf([hanging(), good]);
    const series = await read({ limitMs: 5 });
    expect(value(series, 'good_value')).toBe(7);
    expect(value(series, 'fettle_collector_success', 'hanging')).toBe(0);
    expect(lines).toMatchObject([{ fields: { err: 'collector hanging: not done within 0.005 s' } }]);
  });

  it('is the usual one, if more is asked for', async () => {
    const { read, lines } = scrapeOf([hanging()], { limitMs: 5 });
    await read({ limitMs: LONG_MS });
    expect(lines).toMatchObject([{ fields: { err: 'collector hanging: not done within 0.005 s' } }]);
  });

  it('is that of each request: one that has time keeps nobody waiting who has none', async () => {
    const { collector, release, asked } = heldCollector('held');
    const { scrape } = scrapeOf([collector]);
    const patient = scrapedPage(scrape, { limitMs: LONG_MS });
    const hasty = await scrapedPage(scrape, { limitMs: 5 });
    expect(hasty).toContain('fettle_collector_success{collector="held"} 0\n');
    release();
    expect(await patient).toContain('fettle_collector_success{collector="held"} 1\n');
    expect(asked()).toBe(2);
  });
});

describe('scrapes in parallel', () => {
  it('share one collection, in every format', async () => {
    const { collector, release, asked } = heldCollector('held');
    const { scrape } = scrapeOf([collector]);
    const pages = [
      scrapedPage(scrape),
      scrapedPage(scrape),
      scrapedPage(scrape, { format: 'openmetrics', collectors: new Set(['held']) }),
    ];
    release();
    const [first = '', second, third = ''] = await Promise.all(pages);
    expect(asked()).toBe(1);
    expect(first).toContain('\nheld_value 1\n');
    expect(second).toBe(first);
    expect(parseOpenMetrics(third).series).toEqual(parsePage(first).series);
  });

  it('do not share one with other collectors', async () => {
    const { collector, release, asked } = heldCollector('held');
    const { scrape } = scrapeOf([collector, good]);
    const pages = [scrapedPage(scrape), scrapedPage(scrape, { collectors: new Set(['held']) })];
    release();
    await Promise.all(pages);
    expect(asked()).toBe(2);
  });

  it('never share one that has ended', async () => {
    let asked = 0;
    const { scrape } = scrapeOf([collectorOf('counting', () => ++asked)]);
    expect(await scrapedPage(scrape)).toContain('\ncounting_value 1\n');
    expect(await scrapedPage(scrape)).toContain('\ncounting_value 2\n');
  });

  it('give others their turn while new blocks are written, and none for blocks that were', async () => {
    const metric = defineMetric({ name: 'read', help: '', type: 'gauge', labels: ['unit'], source: 'test' });
    const blocks = Array.from({ length: 10 }, (_, unit) =>
      blockOf([sample(metric, { unit: String(unit) }, 1)]),
    );
    const { scrape } = scrapeOf([{ name: 'long', metrics: [metric], collect: () => blocks }]);
    const turnsOf = async (page: Promise<string>) => {
      let turns = 0;
      let written = false;
      const count = () => {
        turns += 1;
        if (!written) setImmediate(count);
      };
      setImmediate(count);
      expect(await page).toContain('read{unit="9"} 1');
      written = true;
      return turns;
    };
    expect(await turnsOf(scrapedPage(scrape))).toBeGreaterThanOrEqual(blocks.length);
    expect(await turnsOf(scrapedPage(scrape))).toBeLessThan(blocks.length);
  });

  it('fail together, and the next one is made anew', async () => {
    let broken = true;
    const always = async () => {
      if (broken) throw new Error('registry broken');
      return [];
    };
    const { log } = recordedLog();
    const scrape = createScrape({ collectors: [good], always, limitMs: LONG_MS, elapsedMs: () => 0, log });
    const both = await Promise.allSettled([scrapedPage(scrape), scrapedPage(scrape)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect(await scrapedPage(scrape)).toContain('\ngood_value 7\n');
  });
});
