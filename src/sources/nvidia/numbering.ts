import type { GpuReading } from '../../domain/gpu.ts';
import type { NvidiaSmiReading } from './parse.ts';

/**
 * Gives GPUs the numbers that they had while all were there.
 *
 * The driver goes on counting a GPU that it has lost; nvidia-smi may leave it out, and all behind it would get the
 * number of another.
 */
export function createNumbering(): (reading: NvidiaSmiReading) => NvidiaSmiReading {
  const numbers = new Map<string, string>();

  function numbered(gpu: GpuReading): GpuReading {
    return { ...gpu, gpu: numbers.get(gpu.uuid) ?? gpu.gpu };
  }

  return (reading) => {
    const { gpus, attached = gpus.length } = reading;
    if (gpus.length < attached) return { ...reading, gpus: gpus.map(numbered) };
    for (const { uuid, gpu } of gpus) if (uuid !== '') numbers.set(uuid, gpu);
    return reading;
  };
}
