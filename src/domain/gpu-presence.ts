import type { GpuVendor } from './gpu.ts';

/** Whether a GPU that should be there is there. */
export interface GpuPresenceReading {
  /** As in `0000:01:00.0`. */
  readonly pciBusId: string;
  readonly vendor: GpuVendor;
  /** As the driver printed it when the GPU was last read; empty if it never was. */
  readonly uuid: string;
  /** Whether the bus, the driver's tool or the kernel log says that it is gone. */
  readonly lost: boolean;
}

/** How many GPUs of a maker there are. */
export interface GpuCount {
  readonly vendor: GpuVendor;
  /** On the PCI bus, those given away to virtual machines left out. */
  readonly expected: number;
  /** That the driver gives readings of; undefined where it was not asked, or could not be. */
  readonly visible: number | undefined;
}
