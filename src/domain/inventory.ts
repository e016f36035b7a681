import type { GpuVendor } from './gpu.ts';

/** What a machine is made of. What is not known is empty, undefined or not there. */
export interface Inventory {
  readonly system: SystemInventory;
  readonly processor: ProcessorInventory;
  /** Maker and model, as in `LENOVO 20XW`; empty if nobody tells. */
  readonly hardware: string;
  /** What the machine runs in, as in `KVM`; empty where it is a machine of its own, or where nobody tells. */
  readonly virtualisation: string;
  readonly memory: MemoryInventory;
  readonly fileSystems: readonly FileSystemInventory[];
  readonly gpus: readonly GpuInventory[];
}

/** The operating system. */
export interface SystemInventory {
  /** As in `Debian GNU/Linux` or `macOS`. */
  readonly name: string;
  readonly version: string;
  readonly kernel: string;
  readonly architecture: string;
}

/** The processors, taken together. */
export interface ProcessorInventory {
  readonly model: string;
  /** With the threads of each core. */
  readonly threads: number | undefined;
  readonly cores: number | undefined;
  readonly sockets: number | undefined;
}

/** Memory and swap in bytes. */
export interface MemoryInventory {
  readonly totalBytes?: number;
  readonly availableBytes?: number;
  readonly freeBytes?: number;
  readonly swapTotalBytes?: number;
  readonly swapFreeBytes?: number;
}

/** A file system where it is mounted. */
export interface FileSystemInventory {
  readonly device: string;
  readonly mountpoint: string;
  readonly fstype: string;
  readonly readOnly: boolean;
  /** Undefined if it does not answer. */
  readonly sizeBytes: number | undefined;
  /** Free for everybody, not for root alone. */
  readonly availableBytes: number | undefined;
}

/** A GPU that is there, whatever it does. */
export interface GpuInventory {
  readonly vendor: GpuVendor;
  readonly name: string;
  /** As in `nvidia 570.124.06`; empty if there is none, or nobody tells. */
  readonly driver: string;
  /** As in `0000:01:00.0`; empty where there is no PCI. */
  readonly pciBusId: string;
  /** As in `lost` or `asleep`; empty for one that is well. */
  readonly note: string;
}
