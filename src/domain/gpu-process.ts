import type { GpuProcess, GpuUnitReading } from './gpu.ts';

/** One process on one GPU, with its unit. */
export interface GpuProcessReading
  extends Pick<GpuUnitReading, 'gpu' | 'uuid' | 'pciBusId' | 'unit' | 'user' | 'container'> {
  readonly process: GpuProcess;
}
