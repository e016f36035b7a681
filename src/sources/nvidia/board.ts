import type { GpuReading } from '../../domain/gpu.ts';
import type { CollectedGpus } from '../../domain/gpu-collection.ts';
import type { Log } from '../../domain/log.ts';
import { asOf } from './state.ts';

/** Holds the last state, and tells people when it turns bad and good again. */
export interface Board {
  /** The state by now: what was found too long ago is left out. The same object as long as nothing changes. */
  read(): CollectedGpus;
  /** After a look at the GPUs. */
  update(change: (before: CollectedGpus) => CollectedGpus): void;
  /** Without one: what was found before is as old as it was. */
  amend(change: (before: CollectedGpus) => CollectedGpus): void;
}

/** What a board needs. */
export interface BoardParts {
  readonly first: CollectedGpus;
  /** How long what was found may be shown. */
  readonly limitMs: number;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
  readonly log: Log;
  /** Called with the GPUs whenever they have been read, or are left out. */
  readonly onGpus?: ((gpus: readonly GpuReading[]) => void) | undefined;
}

/** Begins with the state `first`. */
export function createBoard({ first, limitMs, elapsedMs, log, onGpus }: BoardParts): Board {
  let current = first;
  let foundAtMs = elapsedMs();
  let told: string | undefined;

  function tell({ problem, success }: CollectedGpus['collection']): void {
    if (problem !== undefined && problem !== told) log.warn({ problem }, 'NVIDIA GPUs cannot be read');
    if (success === true && told !== undefined) log.info({}, 'NVIDIA GPUs are read again');
    if (problem !== undefined) told = problem;
    if (success === true) told = undefined;
  }

  function amend(change: (before: CollectedGpus) => CollectedGpus): void {
    const before = current;
    current = change(before);
    if (current.gpus !== before.gpus) onGpus?.(current.gpus);
    tell(current.collection);
  }

  return {
    read() {
      const now = asOf(current, { foundAtMs, nowMs: elapsedMs(), limitMs });
      // It stays so until the next look.
      if (now !== current) amend(() => now);
      return current;
    },
    update(change) {
      foundAtMs = elapsedMs();
      amend(change);
    },
    amend,
  };
}
