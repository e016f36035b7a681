import type { GpuCount, GpuPresenceReading } from '../../domain/gpu-presence.ts';
import { defineMetric, type Sample, sample } from '../../domain/metric.ts';
import type { PciGpuReading } from '../../domain/pci.ts';
import { blockOf, type Collector } from '../collector.ts';

const LOST = defineMetric({
  name: 'gpu_lost',
  help: 'Whether a GPU that should be there is gone (1) or not (0), by the bus, the driver or the kernel log.',
  type: 'gauge',
  labels: ['pci_bus_id', 'uuid', 'vendor'],
  source: '/sys/bus/pci/devices, nvidia-smi and the kernel log',
});

const DEVICES = defineMetric({
  name: 'gpu_devices',
  help: 'GPUs on the PCI bus (expected), without those given to virtual machines, and that the driver shows (visible).',
  type: 'gauge',
  labels: ['vendor', 'state'],
  source: '/sys/bus/pci/devices, and nvidia-smi or /sys/class/drm',
});

const AER_ERRORS = defineMetric({
  name: 'gpu_pcie_aer_errors_total',
  help: 'Errors of the PCI Express link of a GPU since boot.',
  type: 'counter',
  labels: ['pci_bus_id', 'severity'],
  source: '/sys/bus/pci/devices/*/aer_dev_*',
});

/** What the PCI bus says of GPUs, and whether all are there. */
export interface PresenceReading {
  readonly pci: readonly PciGpuReading[];
  readonly gpus: readonly GpuPresenceReading[];
  readonly counts: readonly GpuCount[];
}

/** Whether the GPUs of this machine are all there. */
export function createGpuPresenceCollector(
  read: () => Promise<PresenceReading> | PresenceReading,
): Collector {
  return {
    name: 'gpu_presence',
    metrics: [LOST, DEVICES, AER_ERRORS],
    async collect() {
      const { pci, gpus, counts } = await read();
      return [
        blockOf([...gpus.map(lostSample), ...counts.flatMap(countSamples), ...pci.flatMap(aerSamples)]),
      ];
    },
  };
}

function lostSample({ pciBusId, uuid, vendor, lost }: GpuPresenceReading): Sample {
  return sample(LOST, { pci_bus_id: pciBusId, uuid: uuid === '' ? pciBusId : uuid, vendor }, lost ? 1 : 0);
}

function countSamples({ vendor, expected, visible }: GpuCount): readonly Sample[] {
  return [
    sample(DEVICES, { vendor, state: 'expected' }, expected),
    ...(visible === undefined ? [] : [sample(DEVICES, { vendor, state: 'visible' }, visible)]),
  ];
}

function aerSamples({ pciBusId, aerErrors }: PciGpuReading): readonly Sample[] {
  return Object.entries(aerErrors).flatMap(([severity, count]) =>
    count === undefined ? [] : [sample(AER_ERRORS, { pci_bus_id: pciBusId, severity }, count)],
  );
}
