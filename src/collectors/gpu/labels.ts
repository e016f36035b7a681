import type { GpuIdentity } from '../../domain/gpu.ts';

/**
 * What tells a GPU from all others.
 *
 * Makers number their GPUs each for themselves, and only NVIDIA gives names: others are named by their place.
 */
export function gpuLabels({ gpu, uuid, pciBusId }: Pick<GpuIdentity, 'gpu' | 'uuid' | 'pciBusId'>) {
  return { gpu, uuid: uuid === '' ? pciBusId : uuid };
}

/** An empty label is one that is not there: units of the system's manager have no user. */
export function unitLabels({ unit, user }: { readonly unit: string; readonly user: string | undefined }) {
  return { unit, scope: user === undefined ? 'system' : 'user', user: user ?? '' };
}
