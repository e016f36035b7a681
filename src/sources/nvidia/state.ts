import type { CollectedGpus, GpuCollection } from '../../domain/gpu-collection.ts';
import type { NvidiaSmiReading } from './parse.ts';
import type { RunFailure } from './run.ts';

const NO_GPUS = { gpus: [], attached: undefined, lost: [] } as const;
const NOTHING_MISSING: ReadonlyMap<string, number> = new Map();

/** The state before the first attempt. */
export function nothingCollected(backend: string): CollectedGpus {
  return {
    ...NO_GPUS,
    collection: {
      backend,
      success: undefined,
      durationSeconds: undefined,
      lastSuccessSeconds: undefined,
      exitCode: undefined,
      failures: { timeout: 0, exit: 0, parse: 0, missing: 0 },
      stuckProcesses: 0,
      unavailable: NOTHING_MISSING,
      problem: undefined,
    },
  };
}

/** How an attempt went beside what it found. */
export interface AttemptFacts {
  /** Unix seconds. */
  readonly nowSeconds: number;
  /** Undefined where nothing was run. */
  readonly durationSeconds: number | undefined;
  readonly exitCode: number | undefined;
  /** PCI addresses of the GPUs that could not be reached. */
  readonly lost: readonly string[];
}

/** The state after a whole document, whatever the exit code. */
export function afterSuccess(
  before: CollectedGpus,
  reading: NvidiaSmiReading,
  { nowSeconds, durationSeconds, exitCode, lost }: AttemptFacts,
): CollectedGpus {
  return {
    gpus: reading.gpus,
    attached: reading.attached,
    lost: [...new Set([...reading.lost, ...lost])],
    collection: {
      ...before.collection,
      success: true,
      durationSeconds,
      lastSuccessSeconds: nowSeconds,
      exitCode,
      unavailable: reading.unavailable,
      problem: undefined,
    },
  };
}

/** The state after an attempt without a document; what was read before is left out. */
export function afterFailure(
  before: CollectedGpus,
  { reason, problem }: RunFailure,
  { durationSeconds, exitCode, lost }: AttemptFacts,
): CollectedGpus {
  const { failures } = before.collection;
  return {
    ...NO_GPUS,
    lost,
    collection: {
      ...withoutReading(before),
      success: false,
      durationSeconds,
      exitCode,
      failures: { ...failures, [reason]: failures[reason] + 1 },
      problem,
    },
  };
}

/** The state while the GPUs sleep: all is well, and there is nothing to say. */
export function whileAsleep(before: CollectedGpus, nowSeconds: number): CollectedGpus {
  const collection = { ...withoutReading(before), success: true, lastSuccessSeconds: nowSeconds };
  return { ...NO_GPUS, collection };
}

/** The state of a machine that has no NVIDIA GPU. */
export function whileAbsent(before: CollectedGpus): CollectedGpus {
  return { ...NO_GPUS, collection: withoutReading(before) };
}

/** The state while a program that cannot be ended keeps others from being started. */
export function whileStuck(before: CollectedGpus): CollectedGpus {
  const problem = `${before.collection.backend} cannot be ended, it hangs in the driver: reboot the machine`;
  return { ...NO_GPUS, collection: { ...withoutReading(before), success: false, problem } };
}

/** The state with another number of programs that cannot be ended. */
export function withStuck(before: CollectedGpus, stuckProcesses: number): CollectedGpus {
  return { ...before, collection: { ...before.collection, stuckProcesses } };
}

function withoutReading({ collection }: CollectedGpus): GpuCollection {
  return {
    ...collection,
    success: undefined,
    durationSeconds: undefined,
    exitCode: undefined,
    unavailable: NOTHING_MISSING,
    problem: undefined,
  };
}
