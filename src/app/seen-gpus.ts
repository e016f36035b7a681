import type { GpuReading, GpuVendor } from '../domain/gpu.ts';
import type { XidCount } from '../domain/kernel-log.ts';
import { isGivenAway, type PciGpuReading } from '../domain/pci.ts';
import { bareReading } from '../sources/gpu/bare-reading.ts';
import type { GpuUsers } from '../sources/processes/gpu-unit-source.ts';
import { type GpuUser, usersOf } from './gpu-users.ts';

/**
 * How it is about a GPU: it was read; it is gone from the bus or from its driver; its power is off, and reading it
 * would switch it on; it belongs to a virtual machine; no driver has it; or nobody could tell more of it.
 */
export type GpuState = 'present' | 'lost' | 'asleep' | 'given-away' | 'driverless' | 'unread';

/** One GPU as it was seen. */
export interface SeenGpu {
  /** Of one that was not read: what the bus says that it is. Its `gpu` is empty. */
  readonly reading: GpuReading;
  readonly state: GpuState;
  /** Its driver in the kernel, as in `nvidia`; empty if that is none, or not known. */
  readonly driver: string;
  /** Undefined if nobody tells. */
  readonly users: readonly GpuUser[] | undefined;
  /** Xids of this boot; undefined if the kernel's log may not be read. */
  readonly xids: readonly XidCount[] | undefined;
}

/** What was found in one look. */
export interface Found {
  readonly gpus: readonly GpuReading[];
  readonly pci: readonly PciGpuReading[];
  /** PCI addresses. */
  readonly lost: ReadonlySet<string>;
  readonly users: GpuUsers;
  /** Whether it was found out who uses GPUs of AMD and Intel. */
  readonly knowsOpened: boolean;
  readonly xids: readonly XidCount[] | undefined;
}

/** The GPUs that were read, then those that only the bus knows, then those of which nothing is left but an address. */
export function seenGpus(found: Found): readonly SeenGpu[] {
  const { gpus, pci, lost } = found;
  const read = new Set(gpus.map(({ pciBusId }) => pciBusId));
  const onBus = pci.filter(({ pciBusId }) => !read.has(pciBusId));
  const known = new Set([...read, ...onBus.map(({ pciBusId }) => pciBusId)]);
  const gone = [...lost].filter((pciBusId) => !known.has(pciBusId));
  return [
    ...gpus.map((reading) => seen(reading, found)),
    ...onBus.map(({ pciBusId, vendor }) => seen(unread(pciBusId, vendor), found)),
    // Only nvidia-smi names a GPU that is nowhere else.
    ...gone.map((pciBusId) => seen(unread(pciBusId, 'nvidia'), found)),
  ];
}

function unread(pciBusId: string, vendor: GpuVendor): GpuReading {
  return bareReading({ gpu: '', uuid: '', vendor, pciBusId });
}

function seen(reading: GpuReading, { pci, lost, users, knowsOpened, xids }: Found): SeenGpu {
  const { pciBusId } = reading;
  const device = pciBusId === '' ? undefined : pci.find((one) => one.pciBusId === pciBusId);
  const isTold = reading.processes !== undefined || (isOpened(reading) && knowsOpened);
  return {
    reading,
    state: lost.has(pciBusId) ? 'lost' : stateOf(reading, device),
    driver: device?.driver ?? '',
    users: isTold ? usersOf(reading, users) : undefined,
    xids: xids?.filter((one) => one.pciBusId === pciBusId && one.count > 0),
  };
}

function isOpened({ vendor, gpu }: GpuReading): boolean {
  return (vendor === 'amd' || vendor === 'intel') && gpu !== '';
}

function stateOf({ gpu }: GpuReading, device: PciGpuReading | undefined): GpuState {
  if (device?.runtimeStatus.startsWith('suspend')) return 'asleep';
  if (gpu !== '') return 'present';
  if (device !== undefined && isGivenAway(device)) return 'given-away';
  return device?.driver === '' ? 'driverless' : 'unread';
}
