import { setTimeout as sleep } from 'node:timers/promises';
import type { Exporter } from './exporters.ts';
import type { FirstPage } from './first-page.ts';
import { createSeriesTally, type SeriesTally, seriesOf } from './page.ts';
import { type CpuTime, cpuBetween, cpuTime, type Memory, memoryOf } from './process-cost.ts';
import { createScraper, type TimedScrape } from './timed-scrape.ts';

/** What one exporter has shown at one number of services. */
export interface Measured {
  readonly p50Ms: number;
  readonly maxMs: number;
  /** CPU per scrape of exporter, PID 1 and dbus-daemon together. */
  readonly cpu: CpuTime;
  /** The exporter's own part of it. */
  readonly ownCpu: CpuTime;
  readonly series: number;
  readonly pageBytes: number;
  /** Series that were in some of the first 20 pages and not in all. */
  readonly lost: number;
  readonly memory: Memory;
  readonly first: FirstPage;
  /** Highest p99 of the event loop's delay on any page, without the timer's own 10 ms; fettle only. */
  readonly eventLoopMs: number | undefined;
}

/** An exporter to measure, and whom it keeps busy. */
export interface Subject {
  readonly exporter: Exporter;
  readonly first: FirstPage;
  /** PID 1 and dbus-daemon of the lab. */
  readonly servants: readonly number[];
}

/** Scrapes in each block. The exporters take turns, so that a drift of the machine hits both. */
const BLOCK = 10;
const WARM_UPS = 3;
const LOST_PAGES = 20;

/** What comes after a scrape (garbage collection, late D-Bus replies) is part of its cost. */
const TRAIL_MS = 100;

/** Scrapes each subject `scrapes` times, in blocks by turns; the results are in the order of the subjects. */
export async function measureByTurns(
  subjects: readonly Subject[],
  scrapes: number,
): Promise<readonly Measured[]> {
  const runs = subjects.map(
    (subject): Run => ({ subject, blocks: [], tally: createSeriesTally(), pages: 0 }),
  );
  for (const { subject } of runs) await scrapeBlock(subject, WARM_UPS);
  for (let done = 0; done < scrapes; done += BLOCK) {
    const count = Math.min(BLOCK, scrapes - done);
    // Who was second is first in the next turn.
    for (const run of done % (2 * BLOCK) === 0 ? runs : runs.toReversed())
      note(run, await scrapeBlock(run.subject, count));
  }
  return runs.map(summary);
}

interface Run {
  readonly subject: Subject;
  readonly blocks: NotedBlock[];
  readonly tally: SeriesTally;
  /** How many pages are in the tally. */
  pages: number;
}

interface Block {
  readonly scrapes: readonly TimedScrape[];
  readonly cpu: CpuTime;
  readonly ownCpu: CpuTime;
}

/** A block without its pages, which can be megabytes each. */
interface NotedBlock extends Omit<Block, 'scrapes'> {
  readonly times: readonly number[];
  readonly series: number;
  readonly pageBytes: number;
  readonly eventLoopMs: readonly number[];
}

async function scrapeBlock({ exporter, servants }: Subject, count: number): Promise<Block> {
  const scraper = createScraper(exporter.url);
  const own = [exporter.process.pid];
  const all = [...own, ...servants];
  const begin = { all: cpuTime(all), own: cpuTime(own) };
  const scrapes: TimedScrape[] = [];
  for (let index = 0; index < count; index += 1) scrapes.push(await scraper.scrape());
  await sleep(TRAIL_MS);
  const cpu = cpuBetween(begin.all, cpuTime(all));
  const ownCpu = cpuBetween(begin.own, cpuTime(own));
  scraper.close();
  const bad = scrapes.find(({ status }) => status !== 200);
  if (bad !== undefined) throw new Error(`${exporter.name} answered a scrape with ${bad.status}`);
  return { scrapes, cpu, ownCpu };
}

function note(run: Run, { scrapes, cpu, ownCpu }: Block): void {
  const pages = scrapes.map(({ body }) => body.toString());
  for (const page of pages.slice(0, LOST_PAGES - run.pages)) run.tally.add(page);
  run.pages = Math.min(LOST_PAGES, run.pages + pages.length);
  run.blocks.push({
    cpu,
    ownCpu,
    times: scrapes.map(({ ms }) => ms),
    series: seriesOf(pages.at(-1) ?? '').length,
    pageBytes: scrapes.at(-1)?.body.length ?? 0,
    eventLoopMs: pages.flatMap((page) => eventLoopMs(page, 'p99')),
  });
}

function summary({ subject: { exporter, first }, blocks, tally }: Run): Measured {
  const times = blocks.flatMap((block) => block.times).sort((a, b) => a - b);
  const delays = blocks.flatMap((block) => block.eventLoopMs);
  const perScrape = (cpu: readonly CpuTime[]) => meanCpu(cpu, times.length);
  return {
    p50Ms: times[Math.floor((times.length - 1) / 2)] ?? Number.NaN,
    maxMs: times.at(-1) ?? Number.NaN,
    cpu: perScrape(blocks.map(({ cpu }) => cpu)),
    ownCpu: perScrape(blocks.map(({ ownCpu }) => ownCpu)),
    series: blocks.at(-1)?.series ?? 0,
    pageBytes: blocks.at(-1)?.pageBytes ?? 0,
    lost: tally.lost(),
    memory: memoryOf(exporter.process.pid),
    first,
    eventLoopMs: delays.length === 0 ? undefined : Math.max(...delays),
  };
}

function meanCpu(times: readonly CpuTime[], scrapes: number): CpuTime {
  const mean = (of: (time: CpuTime) => number) => times.reduce((sum, time) => sum + of(time), 0) / scrapes;
  return { scheduledMs: mean((time) => time.scheduledMs), tickedMs: mean((time) => time.tickedMs) };
}

/** perf_hooks measures the delay with a timer of 10 ms, and its figures include them. */
const TIMER_MS = 10;

/** How long the event loop was held up since the page before, as a page tells it; nothing if it does not. */
export function eventLoopMs(page: string, which: 'p99' | 'max'): readonly number[] {
  const seconds = new RegExp(`^nodejs_eventloop_lag_${which}_seconds (\\S+)$`, 'm').exec(page)?.[1];
  return seconds === undefined ? [] : [Math.max(0, Number(seconds) * 1000 - TIMER_MS)];
}
