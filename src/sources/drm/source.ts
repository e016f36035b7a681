import type { GpuReading } from '../../domain/gpu.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { readAmdGpu } from './amd.ts';
import { type DrmCard, findCards } from './cards.ts';
import { type EnergyMark, readIntelGpu } from './intel.ts';

/** Reads the GPUs of AMD and Intel; none is a machine without them. Throws Failure `unreadable`. */
export type DrmGpuReader = () => Promise<readonly GpuReading[]>;

/** What the reader needs. */
export interface DrmGpuReaderOptions {
  /** Where sysfs is mounted, as in `/sys`. */
  readonly sysfs: string;
  readonly files: SlowFiles;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
}

/** Gives a reader that looks for GPUs each time, since they come and go with their drivers. */
export function createDrmGpuReader({ sysfs, files, elapsedMs }: DrmGpuReaderOptions): DrmGpuReader {
  let energies = new Map<string, EnergyMark>();

  async function readIntel(card: DrmCard, now: Map<string, EnergyMark>): Promise<GpuReading> {
    const address = card.identity.pciBusId;
    const { reading, energy } = await readIntelGpu(card, files, energies.get(address), elapsedMs());
    if (energy !== undefined) now.set(address, energy);
    return reading;
  }

  return async () => {
    const now = new Map<string, EnergyMark>();
    const cards = await findCards(sysfs, files);
    const readings = await Promise.all(
      cards.map((card) => (card.identity.vendor === 'amd' ? readAmdGpu(card, files) : readIntel(card, now))),
    );
    energies = now;
    return readings;
  };
}
