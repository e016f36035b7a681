import { arch, cpus, release, totalmem, type } from 'node:os';
import type si from 'systeminformation';
import type { Inventory } from '../domain/inventory.ts';

/** The functions of the package systeminformation that are called: none that takes a text, or looks for a network. */
export type InventoryPackage = Pick<typeof si, 'osInfo' | 'cpu' | 'system' | 'mem' | 'fsSize' | 'graphics'>;

/**
 * What systeminformation tells of this machine, less numbers that would identify it: plain values, for JSON.
 *
 * It starts programs and waits for some of them without a limit, on the event loop: it is called in a process of its
 * own that can be killed. On Linux fettle reads file systems and GPUs better itself, and `graphics` would wait for
 * nvidia-smi for ever: they are asked for on macOS alone.
 */
export async function collectInventory(
  information: InventoryPackage,
  platform: NodeJS.Platform = process.platform,
): Promise<Readonly<Record<string, unknown>>> {
  // One after the other: each starts programs, and nobody is in a hurry.
  const { distro, release, kernel, arch } = await information.osInfo();
  const { manufacturer, brand, cores, physicalCores, processors } = await information.cpu();
  const hardware = await information.system();
  const memory = await information.mem();
  return {
    system: { name: distro, version: release, kernel, architecture: arch },
    processor: {
      maker: manufacturer,
      model: brand,
      threads: cores,
      cores: physicalCores,
      sockets: processors,
    },
    hardware: { maker: hardware.manufacturer, model: hardware.model },
    virtualisation: hardware.virtual ? (hardware.virtualHost ?? 'a virtual machine') : '',
    memory: {
      totalBytes: memory.total,
      availableBytes: memory.available,
      freeBytes: memory.free,
      swapTotalBytes: memory.swaptotal,
      swapFreeBytes: memory.swapfree,
    },
    ...(platform === 'darwin' ? await collectOnMac(information) : {}),
  };
}

async function collectOnMac({ fsSize, graphics }: InventoryPackage) {
  const fileSystems = await fsSize();
  const { controllers } = await graphics();
  return {
    fileSystems: fileSystems.map(({ fs, mount, type, rw, size, available }) => ({
      device: fs,
      mountpoint: mount,
      fstype: type,
      readWrite: rw,
      sizeBytes: size,
      availableBytes: available,
    })),
    gpus: controllers.map(({ vendor, model }) => ({ vendor, name: model })),
  };
}

/** Loads the package and asks it. */
export async function readInventory(): Promise<Readonly<Record<string, unknown>>> {
  const { default: information } = await import('systeminformation');
  return collectInventory(information);
}

/** What Node.js tells at once, for where nobody else does. */
export function basicInventory(): Inventory {
  const processors = cpus();
  return {
    system: { name: type(), version: '', kernel: release(), architecture: arch() },
    processor: {
      model: processors[0]?.model.trim() ?? '',
      threads: processors.length || undefined,
      cores: undefined,
      sockets: undefined,
    },
    hardware: '',
    virtualisation: '',
    memory: { totalBytes: totalmem() },
    fileSystems: [],
    gpus: [],
  };
}
