import type { Collector } from '../collectors/collector.ts';
import { messageOf } from '../domain/errors.ts';
import { withinLimit } from '../domain/limit.ts';
import type { Log } from '../domain/log.ts';
import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import { type Family, familiesOf } from './family.ts';

const SUCCESS = defineMetric({
  name: 'fettle_collector_success',
  help: 'Whether the collector could read its subject (1) or failed (0); having nothing to read is success.',
  type: 'gauge',
  labels: ['collector'],
  source: 'this scrape',
});

const DURATION = defineMetric({
  name: 'fettle_collector_duration_seconds',
  help: 'How long the collector took in this scrape.',
  type: 'gauge',
  labels: ['collector'],
  source: 'this scrape',
});

/** What a collection needs beside its collectors. */
export interface CollectionOptions {
  /** A collector that takes longer has failed, and the page goes out without it. */
  readonly limitMs: number;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
  readonly log: Log;
}

interface Collected {
  readonly samples: readonly Sample[];
  readonly success: boolean;
  readonly seconds: number;
}

/**
 * What the collectors have to say, run side by side.
 *
 * One that fails or takes too long costs its own series and nobody else's.
 */
export async function collect(
  collectors: readonly Collector[],
  options: CollectionOptions,
): Promise<readonly Family[]> {
  const metrics = [...collectors.flatMap((collector) => collector.metrics), SUCCESS, DURATION];
  const all = await Promise.all(
    collectors.map(async (one) => ({ collector: one.name, ...(await run(one, options)) })),
  );
  return familiesOf(metrics, [
    ...all.flatMap(({ samples }) => samples),
    ...all.map(({ collector, success }) => sample(SUCCESS, { collector }, success ? 1 : 0)),
    ...all.map(({ collector, seconds }) => sample(DURATION, { collector }, seconds)),
  ]);
}

async function run(collector: Collector, { limitMs, elapsedMs, log }: CollectionOptions): Promise<Collected> {
  const begin = elapsedMs();
  const seconds = () => (elapsedMs() - begin) / 1000;
  try {
    const samples = await withinLimit(`collector ${collector.name}`, limitMs, undefined, (signal) =>
      collector.collect(signal),
    );
    return { samples, success: true, seconds: seconds() };
  } catch (thrown) {
    log.warn({ collector: collector.name, err: messageOf(thrown) }, 'collector failed');
    return { samples: [], success: false, seconds: seconds() };
  }
}
