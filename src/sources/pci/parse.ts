import type { PciGpuReading } from '../../domain/pci.ts';

const VENDORS: Readonly<Record<string, PciGpuReading['vendor']>> = {
  '0x10de': 'nvidia',
  '0x1002': 'amd',
  '0x8086': 'intel',
};

/** A display controller of any kind: VGA, 3D (most GPUs of servers) and other. */
const DISPLAY = /^0x03[0-9a-f]{4}$/;

/** An accelerator: what AMD's Instinct GPUs are. Those of others are no GPUs. */
const ACCELERATOR = /^0x1200[0-9a-f]{2}$/;

/** Whose GPU a PCI device is, by its vendor and class as sysfs writes them; undefined if it is none. */
export function gpuVendorOf(vendor: string, deviceClass: string): PciGpuReading['vendor'] | undefined {
  const found = VENDORS[vendor];
  const isGpu = DISPLAY.test(deviceClass) || (found === 'amd' && ACCELERATOR.test(deviceClass));
  return isGpu ? found : undefined;
}

/**
 * All errors of one severity, from a device's `aer_dev_correctable`, `aer_dev_nonfatal` or `aer_dev_fatal`.
 *
 * Undefined without its last line, as in `TOTAL_ERR_COR 3`. Source: the kernel's
 * Documentation/ABI/testing/sysfs-bus-pci-devices-aer_stats.
 */
export function parseAerTotal(text: string | undefined): number | undefined {
  const total = /^TOTAL_ERR_\w+ (\d+)$/m.exec(text ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}

/**
 * Whether a device answers, by the first bytes of its configuration: its vendor, or all bits set where nobody drives
 * the bus. Undefined if there are not even two bytes.
 */
export function answers(config: Uint8Array | undefined): boolean | undefined {
  const [low, high] = config ?? [];
  if (low === undefined || high === undefined) return undefined;
  return !(low === 0xff && high === 0xff);
}
