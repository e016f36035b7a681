import type { GpuReading } from './gpu.ts';

/**
 * Why GPUs could not be read: the program gave no whole answer in time, ended without one, wrote what cannot be
 * understood, or could not be started.
 */
export const GPU_FAILURE_REASONS = ['timeout', 'exit', 'parse', 'missing'] as const;
export type GpuFailureReason = (typeof GPU_FAILURE_REASONS)[number];

/** How the collection of GPU readings goes. */
export interface GpuCollection {
  /** What collects: `nvidia-smi`, `node-nvidia-smi`. */
  readonly backend: string;
  /** Undefined before the first attempt has ended, and on a machine without such GPUs. */
  readonly success: boolean | undefined;
  /** What the last attempt took. */
  readonly durationSeconds: number | undefined;
  /** Unix seconds; undefined if there has been none. */
  readonly lastSuccessSeconds: number | undefined;
  /** Of the program at its last end, a success or not; undefined if it has not ended by itself. */
  readonly exitCode: number | undefined;
  readonly failures: Readonly<Record<GpuFailureReason, number>>;
  /** Programs that even SIGKILL has not ended: they hang in the driver. */
  readonly stuckProcesses: number;
  /** How many values the driver did not give in the last reading, by field. */
  readonly unavailable: ReadonlyMap<string, number>;
  /** What went wrong in the last attempt and how to mend it, for people; undefined if nothing did. */
  readonly problem: string | undefined;
}

/** The last GPU readings, and how their collection goes. */
export interface CollectedGpus {
  readonly collection: GpuCollection;
  /** None if the last attempt failed: what was read before may be true no more. */
  readonly gpus: readonly GpuReading[];
  /** How many GPUs the driver says are attached; undefined if it did not say. */
  readonly attached: number | undefined;
  /** PCI addresses, as in `0000:01:00.0`, of the GPUs that the driver has lost. */
  readonly lost: readonly string[];
}
