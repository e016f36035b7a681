import type { GpuReading } from '../../domain/gpu.ts';

/** GPUs that nvidia-smi lists, and the Jetson's own: nvidia-smi shows that one as well, without any value. */
export function withJetson(
  listed: readonly GpuReading[],
  jetson: readonly GpuReading[],
): readonly GpuReading[] {
  return jetson.length === 0 ? listed : [...listed.filter(({ vendor }) => vendor !== 'jetson'), ...jetson];
}
