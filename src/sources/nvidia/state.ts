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
      absence: undefined,
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
      failures: { ...failures, [reason]: (failures[reason] ?? 0) + 1 },
      problem,
    },
  };
}

/** The state while all GPUs sleep: all is well, and there is nothing to say. They were last read when they were. */
export function whileAsleep(before: CollectedGpus): CollectedGpus {
  return { ...NO_GPUS, collection: { ...withoutReading(before), success: true } };
}

/** When a state was found, what time it is, and how long a state may be shown, on a clock that never jumps. */
export interface Age {
  readonly foundAtMs: number;
  readonly nowMs: number;
  readonly limitMs: number;
}

/**
 * The state as it may be shown now.
 *
 * Each look has its limits, and the next one should long have come: whatever hangs, what was found may be true no
 * more. The very same state as long as it is not too old, or holds nothing that can grow old.
 */
export function asOf(state: CollectedGpus, { foundAtMs, nowMs, limitMs }: Age): CollectedGpus {
  const { backend, success } = state.collection;
  if (success !== true || nowMs - foundAtMs <= limitMs) return state;
  const problem = `${backend} has given nothing for more than ${limitMs / 1000} s, and has not ended: something hangs, see dmesg`;
  return { ...NO_GPUS, collection: { ...withoutReading(state), success: false, problem } };
}

/** The state of a machine that has no NVIDIA GPU, as far as anybody can tell. */
export function whileAbsent(before: CollectedGpus, { reason, problem }: RunFailure): CollectedGpus {
  return { ...NO_GPUS, collection: { ...withoutReading(before), absence: { reason, problem } } };
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
    absence: undefined,
  };
}
