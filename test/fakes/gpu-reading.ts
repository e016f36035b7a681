import type { GpuReading } from '../../src/domain/gpu.ts';
import { bareReading } from '../../src/sources/gpu/bare-reading.ts';

/** A GPU that says nothing but what it is, and what a test gives. */
export function gpuReading(given: Partial<GpuReading> = {}): GpuReading {
  return {
    ...bareReading({ gpu: '0', uuid: 'GPU-a', vendor: 'nvidia', pciBusId: '0000:01:00.0' }),
    info: {
      name: 'NVIDIA GeForce RTX 4090',
      driverVersion: '570.86',
      cudaVersion: '12.8',
      vbiosVersion: '95.02',
      persistenceMode: 'Enabled',
      computeMode: 'Default',
    },
    ...given,
  };
}
