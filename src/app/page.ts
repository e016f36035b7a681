import type { Collector } from '../collectors/collector.ts';
import type { Log } from '../domain/log.ts';
import { openFileCount } from '../host/files/files.ts';
import { createScrape, type Scrape } from '../metrics/scrape.ts';
import { createSelfMetrics } from '../metrics/self.ts';

/** A collector that takes longer than this has failed; Prometheus gives a scrape 10 s. */
const COLLECTOR_LIMIT_MS = 5000;

/** The page of one half: its collectors, and this process. */
export interface Page {
  readonly scrape: Scrape;
  readonly countWebhook: (status: number) => void;
}

/** Builds a half's page. */
export function createPage(collectors: readonly Collector[], version: string, log: Log): Page {
  const self = createSelfMetrics(version, openFileCount);
  return {
    scrape: createScrape({
      collectors,
      always: self.families,
      limitMs: COLLECTOR_LIMIT_MS,
      elapsedMs: () => performance.now(),
      log,
    }),
    countWebhook: self.countWebhook,
  };
}
