import type { LabExporter, Scraped } from '../lab/exporter.ts';

/** What some work gave, and the pages that were scraped one after another while it went on. */
export interface Watched<T> {
  readonly result: T;
  /** At least one: the last is scraped after the work has ended. */
  readonly pages: readonly Scraped[];
}

/** Scrapes without a pause until some work has ended. Throws what the work throws, or a scrape that fails. */
export async function pagesDuring<T>(exporter: LabExporter, work: () => Promise<T>): Promise<Watched<T>> {
  const pages: Scraped[] = [];
  let ended = false;
  const working = work().finally(() => {
    ended = true;
  });
  // A scrape that fails first must not leave the work's own failure to nobody.
  working.catch(() => undefined);
  while (!ended) pages.push(await exporter.scrape());
  const result = await working;
  return { result, pages: [...pages, await exporter.scrape()] };
}
