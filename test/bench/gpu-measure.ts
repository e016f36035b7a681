import type { FakeMode } from '../fakes/nvidia-smi.ts';
import type { Lab } from '../lab/lab.ts';
import type { LoopDelay } from './event-loop-probe.ts';
import { runChild } from './gpu-child.ts';
import type { CollectCost } from './gpu-collect.ts';
import { type BenchDocument, benchDocuments } from './gpu-documents.ts';
import { type GpuExporter, scrapeFor, startGpuExporter } from './gpu-exporter.ts';
import type { ParseCost } from './gpu-parse.ts';
import { eventLoopMs } from './measure.ts';
import { seriesOf } from './page.ts';
import { type Times, timesOf } from './quantile.ts';

/** One document, read and shown. */
export interface DocumentCost {
  readonly document: BenchDocument;
  readonly parse: ParseCost;
  readonly collect: CollectCost;
}

/** Whole pages of a running exporter. */
export interface PageCost {
  readonly scrape: Times;
  readonly series: number;
  readonly starts: number;
  readonly scrapes: number;
}

/** A running exporter while nvidia-smi does this. */
export interface Ordeal {
  readonly what: string;
  readonly loop: LoopDelay;
  /** As the pages tell it: highest `nodejs_eventloop_lag_max_seconds`, without the timer's own 10 ms. */
  readonly pageMs: number;
  readonly slowestScrapeMs: number;
  readonly starts: number;
}

/** All figures of the GPU part. */
export interface GpuMeasured {
  readonly documents: readonly DocumentCost[];
  readonly withGpus: PageCost;
  readonly without: PageCost;
  readonly ordeals: readonly Ordeal[];
}

const PAGES_MS = 10_000;
const PAGE_PAUSE_MS = 50;
const ORDEAL_PAUSE_MS = 500;
/** At the start all is compiled and all units are read; meanwhile nvidia-smi is well. */
const WARM_UP_MS = 5000;

/** What nvidia-smi does, and for how long it is watched. The first is for comparison. */
const ORDEALS: readonly (readonly [mode: FakeMode, what: string, forMs: number])[] = [
  ['replay', 'is well: a document each second', 20_000],
  ['hang', 'hangs for 60 s', 60_000],
  ['no-driver', 'dies at once', 15_000],
  ['lost-alone', 'dies of a lost GPU', 15_000],
  ['cut', 'dies in the middle of a document', 15_000],
  ['garbage', 'prints garbage', 15_000],
  ['flood', 'prints 40 MB of garbage', 25_000],
  ['flood-xml', 'prints 40 MB of GPUs', 25_000],
  ['flood-clocks', 'prints 30 MB of clocks', 25_000],
];

/** Measures everything; three minutes and a half. */
export async function measureGpus(
  lab: Lab,
  program: string,
  say: (what: string) => void,
): Promise<GpuMeasured> {
  const documents: DocumentCost[] = [];
  for (const document of benchDocuments()) {
    say(`reading ${document.name}`);
    const parse: ParseCost = JSON.parse(
      await runChild(new URL('gpu-parse.ts', import.meta.url), document.text),
    );
    const collect: CollectCost = JSON.parse(
      await runChild(new URL('gpu-collect.ts', import.meta.url), document.text),
    );
    documents.push({ document, parse, collect });
  }
  const document = documents[0]?.document.text ?? '';
  say('whole pages');
  const without = await pagesOf(await startGpuExporter(lab, program, undefined));
  const withGpus = await pagesOf(await startGpuExporter(lab, program, document));
  const ordeals: Ordeal[] = [];
  for (const [mode, what, forMs] of ORDEALS) {
    say(`nvidia-smi ${what}`);
    ordeals.push(await ordealOf(await startGpuExporter(lab, program, document), mode, what, forMs));
  }
  return { documents, withGpus, without, ordeals };
}

async function pagesOf(exporter: GpuExporter): Promise<PageCost> {
  await scrapeFor(exporter, WARM_UP_MS, PAGE_PAUSE_MS);
  const before = exporter.starts();
  const scrapes = await scrapeFor(exporter, PAGES_MS, PAGE_PAUSE_MS);
  const starts = exporter.starts() - before;
  await exporter.stop();
  const last = scrapes.at(-1)?.body.toString() ?? '';
  return {
    scrape: timesOf(scrapes.map(({ ms }) => ms)),
    series: seriesOf(last).length,
    starts,
    scrapes: scrapes.length,
  };
}

async function ordealOf(exporter: GpuExporter, mode: FakeMode, what: string, forMs: number): Promise<Ordeal> {
  await scrapeFor(exporter, WARM_UP_MS, ORDEAL_PAUSE_MS);
  const before = exporter.starts();
  exporter.setMode(mode);
  await exporter.loopDelay();
  const scrapes = await scrapeFor(exporter, forMs, ORDEAL_PAUSE_MS);
  const loop = await exporter.loopDelay();
  const starts = exporter.starts() - before;
  await exporter.stop();
  return {
    what,
    loop,
    // The first tells of the time before.
    pageMs: Math.max(...scrapes.slice(1).flatMap(({ body }) => eventLoopMs(body.toString(), 'max'))),
    slowestScrapeMs: timesOf(scrapes.map(({ ms }) => ms)).maxMs,
    starts,
  };
}
