import { allCollectors } from './collectors.ts';
import { collectorGroup, metricsPage } from './metrics-page.ts';

/** Where the generated list of metrics is. */
export const METRICS_FILE = new URL('../../docs/METRICS.md', import.meta.url);

/** What must stand there: every metric of every collector, as the source defines it. */
export function metricsFileText(): string {
  return metricsPage(allCollectors().map(collectorGroup));
}
