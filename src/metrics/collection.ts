import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Block, blockOf, type Collector } from '../collectors/collector.ts';
import { messageOf } from '../domain/errors.ts';
import { withinLimit } from '../domain/limit.ts';
import type { Log } from '../domain/log.ts';
import { defineMetric, sample } from '../domain/metric.ts';
import { type Family, familiesOf } from './family.ts';
import type { BlockWriter, Written } from './written.ts';

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

/** Metrics of the collection itself. */
export const COLLECTION_METRICS = [SUCCESS, DURATION] as const;

/** What a collection needs beside its collectors. */
export interface CollectionOptions {
  readonly writer: BlockWriter;
  /** A collector that takes longer has failed, and the page goes out without it. */
  readonly limitMs: number;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
  readonly log: Log;
}

interface Collected {
  readonly blocks: readonly Block[];
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
  const all = await Promise.all(
    collectors.map(async (one) => ({ collector: one.name, ...(await run(one, options)) })),
  );
  const judged = blockOf([
    ...all.map(({ collector, success }) => sample(SUCCESS, { collector }, success ? 1 : 0)),
    ...all.map(({ collector, seconds }) => sample(DURATION, { collector }, seconds)),
  ]);
  const metrics = [...collectors.flatMap((collector) => collector.metrics), ...COLLECTION_METRICS];
  const blocks = [...all.flatMap((one) => one.blocks), judged];
  return familiesOf(metrics, await writeAll(blocks, options.writer));
}

/** Lets others have their turn after each block that is new: a millisecond's work. */
async function writeAll(blocks: readonly Block[], writer: BlockWriter): Promise<readonly Written[]> {
  const written: Written[] = [];
  for (const block of blocks) {
    if (!writer.isWritten(block)) await nextTurn();
    written.push(writer.write(block));
  }
  return written;
}

async function run(collector: Collector, { limitMs, elapsedMs, log }: CollectionOptions): Promise<Collected> {
  const begin = elapsedMs();
  const seconds = () => (elapsedMs() - begin) / 1000;
  try {
    const blocks = await withinLimit(`collector ${collector.name}`, limitMs, undefined, (signal) =>
      collector.collect(signal),
    );
    return { blocks, success: true, seconds: seconds() };
  } catch (thrown) {
    log.warn({ collector: collector.name, err: messageOf(thrown) }, 'collector failed');
    return { blocks: [], success: false, seconds: seconds() };
  }
}
