import type { Scrape } from '../../src/metrics/scrape.ts';

/** A scrape without collectors whose page is this text. */
export function scrapeOf(page: string | (() => string)): Scrape {
  return {
    collectors: [],
    page: async () => [Buffer.from(typeof page === 'string' ? page : page())],
  };
}
