import type { GpuReading } from '../../domain/gpu.ts';
import type { RecoveryAction } from '../../domain/kernel-log.ts';
import type { PciGpuReading } from '../../domain/pci.ts';

/** What others than the driver's tool know of GPUs at one moment. */
export interface CompletingEvidence {
  readonly pci: readonly PciGpuReading[];
  /** What the kernel log last said should be done. */
  readonly recoveryActions: readonly RecoveryAction[];
  /** Unix time at which the GPUs were read; undefined: never. */
  readonly readSeconds: number | undefined;
}

/** Fills the gaps of readings; one of which nothing has changed is the same object as before. */
export type Completing = (gpus: readonly GpuReading[], evidence: CompletingEvidence) => readonly GpuReading[];

/**
 * Gives what fills the gaps of readings: the state of the link by the PCI bus where the driver is silent, and what the
 * kernel log asks for (Xid 154), where that is newer than the reading or the driver does not tell.
 */
export function createCompleting(): Completing {
  let before = new Map<GpuReading, Completed>();

  return (gpus, { pci, recoveryActions, readSeconds }) => {
    const now = new Map<GpuReading, Completed>();
    for (const gpu of gpus) {
      const link = pci.find(({ pciBusId }) => pciBusId === gpu.pciBusId)?.link;
      const asked = recoveryActions.find(({ pciBusId }) => pciBusId === gpu.pciBusId);
      const isNews = asked !== undefined && (readSeconds === undefined || asked.seconds > readSeconds);
      const action = isNews ? asked.action : (gpu.recoveryAction ?? asked?.action);
      const last = before.get(gpu);
      const isSame = last !== undefined && last.link === link && last.reading.recoveryAction === action;
      now.set(gpu, isSame ? last : { link, reading: complete(gpu, link, action) });
    }
    before = now;
    return [...now.values()].map(({ reading }) => reading);
  };
}

interface Completed {
  readonly link: PciGpuReading['link'] | undefined;
  readonly reading: GpuReading;
}

function complete(
  gpu: GpuReading,
  link: PciGpuReading['link'] | undefined,
  recoveryAction: number | undefined,
): GpuReading {
  if (link === undefined && recoveryAction === gpu.recoveryAction) return gpu;
  return { ...gpu, pcie: { ...link, ...gpu.pcie }, recoveryAction };
}
