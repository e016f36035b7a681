import type { GpuReading } from '../../domain/gpu.ts';
import type { GpuCollection } from '../../domain/gpu-collection.ts';
import { createBlocks } from '../blocks.ts';
import { blockOf, type Collector } from '../collector.ts';
import { COLLECTION_METRICS, collectionSamples } from './collection.ts';
import { DEVICE_ROWS } from './device.ts';
import { HEALTH_ROWS } from './health.ts';
import { IDENTITY_ROWS } from './identity.ts';

const ROWS = [...IDENTITY_ROWS, ...DEVICE_ROWS, ...HEALTH_ROWS];

/** All GPUs, and how reading them goes; one collection for each way in which GPUs are read with a program. */
export interface GpusReading {
  readonly gpus: readonly GpuReading[];
  readonly collections: readonly GpuCollection[];
}

/** GPUs of all makers. */
export function createGpuCollector(
  read: (signal: AbortSignal) => Promise<GpusReading> | GpusReading,
): Collector {
  const blocks = createBlocks(
    ({ gpu, uuid, pciBusId }: GpuReading) => `${gpu} ${uuid} ${pciBusId}`,
    (gpu) => ROWS.flatMap(({ samplesOf }) => samplesOf(gpu)),
  );
  return {
    name: 'gpu',
    metrics: [...ROWS.map(({ metric }) => metric), ...COLLECTION_METRICS],
    async collect(signal) {
      const { gpus, collections } = await read(signal);
      return [...blocks(gpus), blockOf(collections.flatMap(collectionSamples))];
    },
  };
}
