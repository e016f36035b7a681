import type { GpuReading } from '../../domain/gpu.ts';
import type { FileSystemInventory, Inventory } from '../../domain/inventory.ts';
import type { CpuMode, FileSystemReading, MachineReading } from '../../domain/machine.ts';
import type { Load } from '../../host/load.ts';
import { bareReading } from '../gpu/bare-reading.ts';
import type { MachineValues } from './parse.ts';

/**
 * The machine beneath a macOS, of its load at this moment and the inventory that was taken last.
 *
 * Without an inventory there are no memory and file systems; disks and network are not told of. An inventory knows
 * what is free for everybody, and not what is free for root.
 */
export function macReading(
  load: Load,
  inventory: Inventory | undefined,
  wantsMountpoint: (mountpoint: string) => boolean,
): MachineReading {
  const mounted = (inventory?.fileSystems ?? []).filter(({ mountpoint }) => wantsMountpoint(mountpoint));
  return {
    values: { ...loadValues(load), ...memoryValues(inventory) },
    cpuSeconds: cpuSeconds(load),
    fileSystems: mounted.map(fileSystemReading),
    networkDevices: [],
    disks: [],
  };
}

/** GPUs of a Mac as readings: what they are, and nothing of what they do. */
export function macGpus(inventory: Inventory | undefined): readonly GpuReading[] {
  return (inventory?.gpus ?? []).map(({ vendor, name }, index) =>
    bareReading({ gpu: String(index), uuid: '', vendor, pciBusId: '' }, name),
  );
}

function loadValues({ averages, processors }: Load): MachineValues {
  const [one, five, fifteen] = averages;
  return present({
    'load.1': one,
    'load.5': five,
    'load.15': fifteen,
    cpus: processors.length || undefined,
  });
}

function memoryValues(inventory: Inventory | undefined): MachineValues {
  const { totalBytes, availableBytes, freeBytes, swapTotalBytes, swapFreeBytes } = inventory?.memory ?? {};
  return present({
    'memory.total': totalBytes,
    'memory.available': availableBytes,
    'memory.free': freeBytes,
    'swap.total': swapTotalBytes,
    'swap.free': swapFreeBytes,
  });
}

/** Modes as macOS has them; it knows no waiting for disks, and Node tells no interrupts of it (always 0). */
const MODES = { user: 'user', nice: 'nice', system: 'sys', idle: 'idle' } as const;

function cpuSeconds({ processors }: Load): MachineReading['cpuSeconds'] {
  if (processors.length === 0) return {};
  const seconds: Partial<Record<CpuMode, number>> = {};
  for (const mode of ['user', 'nice', 'system', 'idle'] as const) {
    seconds[mode] = processors.reduce((sum, times) => sum + times[MODES[mode]], 0) / 1000;
  }
  return seconds;
}

function fileSystemReading(found: FileSystemInventory): FileSystemReading {
  const { device, mountpoint, fstype, readOnly, sizeBytes, availableBytes } = found;
  const isKnown = sizeBytes !== undefined && availableBytes !== undefined;
  const unknown = { freeBytes: undefined, inodes: undefined, freeInodes: undefined };
  const sizes = isKnown ? { sizeBytes, availableBytes, ...unknown } : undefined;
  return { device, mountpoint, fstype, readOnly, sizes };
}

function present(values: Readonly<Record<string, number | undefined>>): MachineValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
