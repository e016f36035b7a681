import type { GpuReading, GpuVendor } from '../../domain/gpu.ts';
import type { GpuCount, GpuPresenceReading } from '../../domain/gpu-presence.ts';
import { type LostGpu, stillLost } from '../../domain/kernel-log.ts';
import type { PciGpuReading } from '../../domain/pci.ts';

/** What the three witnesses say at one moment. */
export interface PresenceEvidence {
  readonly pci: readonly PciGpuReading[];
  readonly gpus: readonly GpuReading[];
  /** Makers whose GPUs have been read; of the others, not being read says nothing. */
  readonly asked: ReadonlySet<GpuVendor>;
  /** PCI addresses of GPUs that the driver's tool has lost. */
  readonly lostByTool: readonly string[];
  /** GPUs that fell off the bus since boot, by the kernel log. */
  readonly lostByLog: readonly LostGpu[];
  /** Unix time at which those GPUs were read that the log may tell of; undefined: never. */
  readonly readSeconds: number | undefined;
}

/** Judges which GPUs are there. */
export type Presence = (evidence: PresenceEvidence) => {
  readonly gpus: readonly GpuPresenceReading[];
  readonly counts: readonly GpuCount[];
};

/** The driver of a GPU that has been given to a virtual machine. */
const GIVEN_AWAY: ReadonlySet<string> = new Set(['vfio-pci', 'xen-pciback']);

/**
 * Gives a judge that remembers the name of each GPU, since one that is gone tells it no more, and when it was well.
 *
 * The log says what happened once: a GPU that was read later has come back. Bus and tool say what is now.
 */
export function createPresence(): Presence {
  const uuids = new Map<string, string>();
  const healthySeconds = new Map<string, number>();

  return ({ pci, gpus, asked, lostByTool, lostByLog, readSeconds }) => {
    for (const { pciBusId, uuid } of gpus) {
      if (uuid !== '') uuids.set(pciBusId, uuid);
      if (readSeconds !== undefined) healthySeconds.set(pciBusId, readSeconds);
    }
    const own = pci.filter(({ driver }) => !GIVEN_AWAY.has(driver));
    const left = stillLost({ lostGpus: lostByLog }, (pciBusId) => healthySeconds.get(pciBusId));
    const isLost = ({ pciBusId, present }: PciGpuReading) =>
      present === false || lostByTool.includes(pciBusId) || left.some((gpu) => gpu.pciBusId === pciBusId);
    return {
      gpus: own.map((one) => ({
        pciBusId: one.pciBusId,
        vendor: one.vendor,
        uuid: uuids.get(one.pciBusId) ?? '',
        lost: isLost(one),
      })),
      counts: [...new Set(own.map(({ vendor }) => vendor))].map((vendor) => ({
        vendor,
        expected: own.filter((one) => one.vendor === vendor).length,
        visible: asked.has(vendor) ? gpus.filter((one) => one.vendor === vendor).length : undefined,
      })),
    };
  };
}
