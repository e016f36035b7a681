import { type Found, type SeenGpu, seenGpus } from '../../../src/app/seen-gpus.ts';
import type { GpuReading } from '../../../src/domain/gpu.ts';
import { parseNvidiaSmi } from '../../../src/sources/nvidia/parse.ts';
import { gpuProcesses, gpuUnits, type UnitOf } from '../../../src/sources/processes/gpu-units.ts';

/** What is found beside the document, if anything is. */
export interface SeenOptions extends Partial<Pick<Found, 'pci' | 'xids'>> {
  readonly unitOf?: UnitOf;
  /** Changes what was read. */
  readonly changed?: (reading: GpuReading) => GpuReading;
}

/** The GPUs of a document of nvidia-smi, as they are seen: by the parser and all that comes after it. */
export function seenInDocument(text: string, options: SeenOptions = {}): readonly SeenGpu[] {
  const {
    pci = [],
    xids = [],
    unitOf = () => ({ unit: '', scope: 'system' }),
    changed = (one) => one,
  } = options;
  const read = parseNvidiaSmi(text);
  if (read instanceof Error) throw read;
  const gpus = read.gpus.map(changed);
  const users = { units: gpuUnits(gpus, unitOf), processes: gpuProcesses(gpus, unitOf) };
  return seenGpus({ gpus, pci, lost: new Set(read.lost), users, knowsOpened: true, xids });
}
