import { createGpuCollector } from '../../src/collectors/gpu/gpu.ts';
import type { CollectedGpus } from '../../src/domain/gpu-collection.ts';

/** The series that a page of these GPUs would hold more than once, which costs the whole scrape. */
export async function repeatedSeries({ gpus, collection }: CollectedGpus): Promise<readonly string[]> {
  const collector = createGpuCollector(() => ({ gpus, collections: [collection] }));
  const blocks = await collector.collect(new AbortController().signal);
  const series = blocks
    .flatMap((block) => block.samples())
    .map(({ metric, labels }) => JSON.stringify([metric.name, Object.entries(labels).sort()]));
  return series.filter((one, at) => series.indexOf(one) !== at);
}
