import type { GpuIdentity, GpuReading, GpuVendor } from '../../domain/gpu.ts';
import type { GpuCount, GpuPresenceReading } from '../../domain/gpu-presence.ts';
import { type LostGpu, stillLost } from '../../domain/kernel-log.ts';
import { isAsleep, isGivenAway, type PciGpuReading } from '../../domain/pci.ts';

/** What the three witnesses say at one moment. */
export interface PresenceEvidence {
  readonly pci: readonly PciGpuReading[];
  readonly gpus: readonly GpuReading[];
  /**
   * Makers whose GPUs have been read, and the Unix time at which that reading began; of the others, not being read
   * says nothing.
   */
  readonly askedSeconds: ReadonlyMap<GpuVendor, number>;
  /** PCI addresses of GPUs that the driver's tool, nvidia-smi, has lost. */
  readonly lostByTool: readonly string[];
  /** GPUs that fell off the bus since boot, by the kernel log. */
  readonly lostByLog: readonly LostGpu[];
}

/** Judges which GPUs are there. */
export type Presence = (evidence: PresenceEvidence) => {
  readonly gpus: readonly GpuPresenceReading[];
  readonly counts: readonly GpuCount[];
};

type Known = Pick<GpuIdentity, 'pciBusId' | 'vendor'>;

/**
 * Gives a judge that remembers the name of each GPU, since one that is gone tells it no more, and when it was well.
 *
 * Each witness is believed alone, also about a GPU that the others do not know. The log says what happened once: a
 * GPU that was read later, and gave values, has come back. Bus and tool say what is now.
 */
export function createPresence(): Presence {
  const uuids = new Map<string, string>();
  const wellSeconds = new Map<string, number>();

  function learn({ gpus, askedSeconds }: PresenceEvidence): void {
    for (const gpu of gpus) {
      if (gpu.uuid !== '') uuids.set(gpu.pciBusId, gpu.uuid);
      const seconds = askedSeconds.get(gpu.vendor);
      if (seconds !== undefined && givesValues(gpu)) wellSeconds.set(gpu.pciBusId, seconds);
    }
  }

  return (evidence) => {
    learn(evidence);
    const { pci, gpus, askedSeconds, lostByTool, lostByLog } = evidence;
    const gone = new Set([
      ...lostByTool,
      ...stillLost(lostByLog, (pciBusId) => wellSeconds.get(pciBusId)).map(({ pciBusId }) => pciBusId),
      ...pci.filter(({ present }) => present === false).map(({ pciBusId }) => pciBusId),
    ]);
    const own = ownGpus(evidence, gone);
    const isVisible = ({ pciBusId }: Known) =>
      gpus.some((gpu) => gpu.pciBusId === pciBusId) ||
      pci.some((device) => device.pciBusId === pciBusId && isAsleep(device));
    return {
      gpus: own.map(({ pciBusId, vendor }) => ({
        pciBusId,
        vendor,
        uuid: uuids.get(pciBusId) ?? '',
        lost: gone.has(pciBusId),
      })),
      counts: [...new Set(own.map(({ vendor }) => vendor))].map((vendor) => {
        const ofMaker = own.filter((one) => one.vendor === vendor);
        const visible = askedSeconds.has(vendor) ? ofMaker.filter(isVisible).length : undefined;
        return { vendor, expected: ofMaker.length, visible };
      }),
    };
  };
}

/** Those on the bus that are this machine's, and those of which only the tool or the log says that they are gone. */
function ownGpus(
  { pci, lostByTool, lostByLog }: PresenceEvidence,
  gone: ReadonlySet<string>,
): readonly Known[] {
  const onBus = new Set(pci.map(({ pciBusId }) => pciBusId));
  const told: readonly Known[] = [
    ...lostByLog,
    ...lostByTool.map((pciBusId): Known => ({ pciBusId, vendor: 'nvidia' })),
  ];
  const elsewhere = new Map(
    told
      .filter(({ pciBusId }) => gone.has(pciBusId) && !onBus.has(pciBusId))
      .map((gpu) => [gpu.pciBusId, gpu]),
  );
  return [...pci.filter((device) => !isGivenAway(device)), ...elsewhere.values()];
}

/** A driver may list a GPU that no longer answers, with nothing but its name. */
function givesValues({ temperatures, memory, powerWatts }: GpuReading): boolean {
  return powerWatts !== undefined || [temperatures, memory].some((values) => Object.keys(values).length > 0);
}
