import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import type { Collector } from './collector.ts';

const HUNG = defineMetric({
  name: 'fettle_hung_read_seconds',
  help: 'For how long a device or file system (path) has not answered. It is asked nothing more until it does; where several hang, what else is slow to read is left out.',
  type: 'gauge',
  labels: ['path'],
  source: 'reads of sensors, cards and file systems that are over their limit of a second',
});

const LEFT_OUT = defineMetric({
  name: 'fettle_reads_left_out_total',
  help: 'Reads of sensors, cards and file systems that were not begun, since something else of their device hangs, or what hangs has all places.',
  type: 'counter',
  labels: [],
  source: 'reads of sensors, cards and file systems',
});

/** What is known of reads that may hang. */
export interface SlowReads {
  /** Those that hang now. */
  hung(): readonly { readonly path: string; readonly seconds: number }[];
  /** How many were not begun. */
  leftOut(): number;
}

/** Devices and file systems that hang, and what that costs. */
export function createSlowReadsCollector(reads: SlowReads): Collector {
  return {
    name: 'slow_reads',
    metrics: [HUNG, LEFT_OUT],
    // As it is when the page is written: others have read until then.
    collect: () => [{ samples: () => slowReadSamples(reads) }],
  };
}

function slowReadSamples(reads: SlowReads): readonly Sample[] {
  return [
    ...reads.hung().map(({ path, seconds }) => sample(HUNG, { path }, seconds)),
    sample(LEFT_OUT, {}, reads.leftOut()),
  ];
}
