import type { CollectedGpus } from '../../domain/gpu-collection.ts';
import type { Log } from '../../domain/log.ts';

/** Holds the last state, and tells people when it turns bad and good again. */
export interface Board {
  read(): CollectedGpus;
  update(change: (before: CollectedGpus) => CollectedGpus): void;
}

/** Begins with this state. */
export function createBoard(first: CollectedGpus, log: Log): Board {
  let current = first;
  let told: string | undefined;

  function tell({ problem, success }: CollectedGpus['collection']): void {
    if (problem !== undefined && problem !== told) log.warn({ problem }, 'NVIDIA GPUs cannot be read');
    if (success === true && told !== undefined) log.info({}, 'NVIDIA GPUs are read again');
    if (problem !== undefined) told = problem;
    if (success === true) told = undefined;
  }

  return {
    read: () => current,
    update(change) {
      current = change(current);
      tell(current.collection);
    },
  };
}
