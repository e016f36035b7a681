import type { Collector } from '../collectors/collector.ts';
import type { Log } from '../domain/log.ts';
import { collect } from './collection.ts';
import type { Family } from './family.ts';
import type { PageFormat } from './format.ts';
import { renderPage } from './page.ts';
import { createBlockWriter } from './written.ts';

/** What one request for the page wants. */
export interface ScrapeRequest {
  readonly format: PageFormat;
  /** Names of the collectors to run; undefined: all. */
  readonly collectors: ReadonlySet<string> | undefined;
  /** How long collectors may take, if less than usual. */
  readonly limitMs: number | undefined;
}

/** The page of metrics of one half, made anew for every scrape. */
export interface Scrape {
  /** Names of the collectors that there are. */
  readonly collectors: readonly string[];
  /** The page in pieces of UTF-8. */
  page(request: ScrapeRequest): Promise<readonly Uint8Array[]>;
}

/** What a scrape needs. */
export interface ScrapeOptions {
  readonly collectors: readonly Collector[];
  /** Metrics that stand on every page, whichever collectors run. */
  readonly always: () => Promise<readonly Family[]>;
  /** A collector that takes longer has failed, and the page goes out without it. */
  readonly limitMs: number;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
  readonly log: Log;
}

type Render = (format: PageFormat) => readonly Uint8Array[];

/**
 * A scrape in which requests that come while a collection of the same collectors with the same limit is under way
 * share it, and its pages.
 *
 * A collection that has ended is never used again: the next request gets values read after it came.
 */
export function createScrape({ collectors, always, limitMs, elapsedMs, log }: ScrapeOptions): Scrape {
  const underWay = new Map<string, Promise<Render>>();
  const writer = createBlockWriter();

  async function begin(chosen: readonly Collector[], ownMs: number): Promise<Render> {
    const limits = { writer, limitMs: ownMs, elapsedMs, log };
    const [families, own] = await Promise.all([collect(chosen, limits), always()]);
    return createRender([...families, ...own]);
  }

  function collection({ collectors: wanted, limitMs: askedMs }: ScrapeRequest): Promise<Render> {
    const chosen = collectors.filter(({ name }) => wanted?.has(name) ?? true);
    const ownMs = Math.min(limitMs, askedMs ?? limitMs);
    const key = JSON.stringify([ownMs, ...chosen.map(({ name }) => name)]);
    const found = underWay.get(key);
    if (found !== undefined) return found;
    const begun = begin(chosen, ownMs).finally(() => underWay.delete(key));
    underWay.set(key, begun);
    return begun;
  }

  return {
    collectors: collectors.map(({ name }) => name),
    page: async (request) => (await collection(request))(request.format),
  };
}

/** Renders each format once, for all who share a collection. */
function createRender(families: readonly Family[]): Render {
  const pages = new Map<PageFormat, readonly Uint8Array[]>();
  return (format) => {
    const page = pages.get(format) ?? renderPage(families, format);
    pages.set(format, page);
    return page;
  };
}
