import type { GpuReading } from './gpu.ts';

/**
 * Why GPUs could not be read: the program gave no whole answer in time, ended without one, wrote what cannot be
 * understood, or could not be started; `unreadable`: the kernel's files could not be read, or not in time.
 */
export const GPU_FAILURE_REASONS = ['timeout', 'exit', 'parse', 'missing', 'unreadable'] as const;
export type GpuFailureReason = (typeof GPU_FAILURE_REASONS)[number];

/** Why a program gave no reading on a machine that seems to have none of its GPUs. */
export interface GpuAbsence {
  readonly reason: GpuFailureReason;
  /** For people. */
  readonly problem: string;
}

/** How the collection of GPU readings goes. */
export interface GpuCollection {
  /** What collects: `nvidia-smi`, `node-nvidia-smi`, or the kernel's files: `drm`, `drm_users`, `jetson`, `pci`. */
  readonly backend: string;
  /** Undefined before the first attempt has ended, and on a machine without such GPUs. */
  readonly success: boolean | undefined;
  /** What the last attempt took. */
  readonly durationSeconds: number | undefined;
  /** Unix seconds; undefined if there has been none. */
  readonly lastSuccessSeconds: number | undefined;
  /** Of the program at its last end, a success or not; undefined if it has not ended by itself. */
  readonly exitCode: number | undefined;
  /** Those that can happen to it, from 0 on. */
  readonly failures: Readonly<Partial<Record<GpuFailureReason, number>>>;
  /** Programs that even SIGKILL has not ended: they hang in the driver. */
  readonly stuckProcesses: number;
  /** Of how many GPUs the driver did not give a field in the last reading. */
  readonly unavailable: ReadonlyMap<string, number>;
  /** What went wrong in the last attempt and how to mend it, for people; undefined if nothing did. */
  readonly problem: string | undefined;
  /** Where there are no such GPUs: what the program said all the same; left out if it was content, or not asked. */
  readonly absence?: GpuAbsence | undefined;
}

/**
 * Unix time at which the last reading began: what happened after that, it may not tell. Undefined if there is none.
 *
 * After a failed attempt it is too early by no more than that took.
 */
export function lastBeganSeconds({ lastSuccessSeconds, durationSeconds }: GpuCollection): number | undefined {
  return lastSuccessSeconds === undefined ? undefined : lastSuccessSeconds - (durationSeconds ?? 0);
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
