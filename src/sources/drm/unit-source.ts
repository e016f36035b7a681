import type { GpuIdentity, GpuUnitReading } from '../../domain/gpu.ts';
import type { UnitOf } from '../processes/gpu-units.ts';
import { lookUpUnits } from '../processes/look-up.ts';
import { createDrmScanner, type DrmScannerOptions } from './processes.ts';
import { createUnitUsage } from './unit-usage.ts';

/** Reads what units use of GPUs whose drivers tell it by DRM's fdinfo. Not for a scrape: it takes its time. */
export type DrmUnitReader = (signal: AbortSignal) => Promise<readonly GpuUnitReading[]>;

/** What the reader needs beyond a scanner's needs. */
export interface DrmUnitReaderOptions extends DrmScannerOptions {
  /** GPUs whose users are wanted, with their PCI addresses; none of them, and nobody is looked at. */
  readonly gpus: () => readonly GpuIdentity[];
  readonly unitOf: UnitOf;
}

/** Gives a reader that sums up from reading to reading. Throws Failure `unreadable` if there is no procfs to list. */
export function createDrmUnitReader({ gpus, unitOf, ...scanning }: DrmUnitReaderOptions): DrmUnitReader {
  const scan = createDrmScanner(scanning);
  const usage = createUnitUsage();
  return async (signal) => {
    const wanted = gpus();
    // Not summed up either: clients would be taken for ended, and counted anew when the GPUs are back.
    if (wanted.length === 0) return [];
    const uses = await scan(signal);
    const pids = uses.map(({ pid }) => pid);
    const found = await lookUpUnits(pids, unitOf, scanning);
    return usage.add(uses, wanted, found, scanning.elapsedMs());
  };
}
