import type { Block } from '../collectors/collector.ts';
import type { MetricSpec, Sample } from '../domain/metric.ts';
import { linesByMetric, type MoreLabels } from './lines.ts';

/** Lines of one page, as UTF-8, by their metric. */
export type Written = ReadonlyMap<MetricSpec, Uint8Array>;

/** Writes blocks, and what it has written once it has ready for as long as the block lives. */
export interface BlockWriter {
  isWritten(block: Block): boolean;
  write(block: Block): Written;
}

/** Gives a writer that has written nothing yet. */
export function createBlockWriter(): BlockWriter {
  const known = new WeakMap<Block, Written>();
  return {
    isWritten: (block) => known.has(block),
    write(block) {
      const written = known.get(block) ?? writeSamples(block.samples(), block.labels);
      known.set(block, written);
      return written;
    },
  };
}

/** Writes samples once. */
export function writeSamples(samples: readonly Sample[], more?: MoreLabels): Written {
  const lines = linesByMetric(samples, more);
  // One piece of memory for all: thousands of small ones cost more than what is in them.
  const bytes = Buffer.from([...lines.values()].join(''));
  const written = new Map<MetricSpec, Uint8Array>();
  let from = 0;
  for (const [metric, text] of lines) {
    const to = from + Buffer.byteLength(text);
    written.set(metric, bytes.subarray(from, to));
    from = to;
  }
  return written;
}
