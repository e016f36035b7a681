import type { MetricSpec, Sample } from '../../src/domain/metric.ts';
import { type Family, familiesOf } from '../../src/metrics/family.ts';
import type { PageFormat } from '../../src/metrics/format.ts';
import { renderPage } from '../../src/metrics/page.ts';
import type { Scrape, ScrapeRequest } from '../../src/metrics/scrape.ts';
import { writeSamples } from '../../src/metrics/written.ts';

/** A page of samples, whole. */
export function pageOf(
  metrics: readonly MetricSpec[],
  samples: readonly Sample[],
  format: PageFormat = 'text',
): string {
  return pageOfFamilies(familiesOf(metrics, [writeSamples(samples)]), format);
}

/** A page of families, whole. */
export function pageOfFamilies(families: readonly Family[], format: PageFormat = 'text'): string {
  return Buffer.concat(renderPage(families, format)).toString();
}

/** The page of a scrape, whole: of all collectors in the text format, unless the test says otherwise. */
export async function scrapedPage(scrape: Scrape, given: Partial<ScrapeRequest> = {}): Promise<string> {
  const request = { format: 'text', collectors: undefined, limitMs: undefined, ...given } as const;
  return Buffer.concat(await scrape.page(request)).toString('utf8');
}
