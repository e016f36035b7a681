import type { PciGpuReading } from '../../src/domain/pci.ts';

/** A GPU of NVIDIA's that is well, as the PCI bus knows it. */
export function pciReading(pciBusId: string, given: Partial<PciGpuReading> = {}): PciGpuReading {
  return {
    pciBusId,
    vendor: 'nvidia',
    pciId: '10de:2684',
    driver: 'nvidia',
    runtimeStatus: 'active',
    present: true,
    link: {},
    aerErrors: {},
    ...given,
  };
}
