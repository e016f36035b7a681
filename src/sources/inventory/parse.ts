import type { GpuVendor } from '../../domain/gpu.ts';
import type {
  FileSystemInventory,
  GpuInventory,
  Inventory,
  MemoryInventory,
  ProcessorInventory,
  SystemInventory,
} from '../../domain/inventory.ts';

/**
 * An inventory, of the JSON that `fettle doctor --inventory --json` prints; undefined if that is no such thing.
 *
 * What has another form than it should is left out. Sizes are whole numbers of bytes from 0 on.
 */
export function parseInventory(text: string): Inventory | undefined {
  const told = objectOf(parseJson(text));
  if (told === undefined) return undefined;
  return {
    system: systemOf(objectOf(told['system']) ?? {}),
    processor: processorOf(objectOf(told['processor']) ?? {}),
    hardware: hardwareOf(objectOf(told['hardware']) ?? {}),
    virtualisation: textOf(told['virtualisation']),
    memory: memoryOf(objectOf(told['memory']) ?? {}),
    fileSystems: listOf(told['fileSystems']).flatMap(fileSystemsOf),
    gpus: listOf(told['gpus']).flatMap(gpusOf),
  };
}

type Told = Readonly<Record<string, unknown>>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Told | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}

function listOf(value: unknown): readonly Told[] {
  return Array.isArray(value) ? value.map(objectOf).filter((one) => one !== undefined) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** A whole number from 0 on that is exact. */
function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A count of what there is at least one of. */
function somethingOf(value: unknown): number | undefined {
  return countOf(value) || undefined;
}

function systemOf(told: Told): SystemInventory {
  return {
    name: textOf(told['name']),
    version: textOf(told['version']),
    kernel: textOf(told['kernel']),
    architecture: textOf(told['architecture']),
  };
}

function processorOf(told: Told): ProcessorInventory {
  return {
    model: joined(textOf(told['maker']), textOf(told['model'])),
    threads: somethingOf(told['threads']),
    cores: somethingOf(told['cores']),
    sockets: somethingOf(told['sockets']),
  };
}

function hardwareOf(told: Told): string {
  return joined(textOf(told['maker']), textOf(told['model']));
}

/** A maker and its model, which may name the maker too. */
function joined(maker: string, model: string): string {
  return model.startsWith(maker) ? model : `${maker} ${model}`.trim();
}

/** Without a total the rest says nothing: the package writes 0 for what it could not read. */
function memoryOf(told: Told): MemoryInventory {
  const totalBytes = somethingOf(told['totalBytes']);
  const swapTotalBytes = bytesOf(told['swapTotalBytes']);
  return known({
    totalBytes,
    ...(totalBytes === undefined ? {} : memoryRest(told, totalBytes)),
    swapTotalBytes,
    ...(swapTotalBytes === undefined ? {} : { swapFreeBytes: upTo(swapTotalBytes, told['swapFreeBytes']) }),
  });
}

function memoryRest(told: Told, totalBytes: number) {
  return {
    availableBytes: upTo(totalBytes, told['availableBytes']),
    freeBytes: upTo(totalBytes, told['freeBytes']),
  };
}

function upTo(total: number, value: unknown): number | undefined {
  const bytes = bytesOf(value);
  return bytes !== undefined && bytes <= total ? bytes : undefined;
}

/** macOS tells swap in MiB with two decimals, of which the package makes a broken number of bytes. */
function bytesOf(value: unknown): number | undefined {
  return typeof value === 'number' ? countOf(Math.round(value)) : undefined;
}

type Unknowable<T> = { readonly [K in keyof T]: T[K] | undefined };

function known(values: Unknowable<MemoryInventory>): MemoryInventory {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Of what has no folder for a device (`map auto_home`, `devfs`) the package does not know whether it is read-only. */
function fileSystemsOf(told: Told): readonly FileSystemInventory[] {
  const device = textOf(told['device']);
  const mountpoint = textOf(told['mountpoint']);
  const readWrite = told['readWrite'];
  const sizeBytes = somethingOf(told['sizeBytes']);
  if (!device.startsWith('/') || !mountpoint.startsWith('/')) return [];
  if (typeof readWrite !== 'boolean' || sizeBytes === undefined) return [];
  const fstype = textOf(told['fstype']).toLowerCase();
  const availableBytes = upTo(sizeBytes, told['availableBytes']);
  return [{ device, mountpoint, fstype, readOnly: !readWrite, sizeBytes, availableBytes }];
}

function gpusOf(told: Told): readonly GpuInventory[] {
  const vendor = gpuVendorOf(textOf(told['vendor']));
  const name = textOf(told['name']);
  if (vendor === undefined || name === '') return [];
  return [{ vendor, name, driver: '', pciBusId: '', note: '' }];
}

/** Makers of the GPUs that Macs have had, by what they are called there. */
const MAKERS: readonly (readonly [RegExp, GpuVendor])[] = [
  [/apple/i, 'apple'],
  [/nvidia/i, 'nvidia'],
  [/(^|[^a-z])(amd|ati)([^a-z]|$)|advanced micro/i, 'amd'],
  [/intel/i, 'intel'],
];

function gpuVendorOf(maker: string): GpuVendor | undefined {
  return MAKERS.find(([pattern]) => pattern.test(maker))?.[1];
}
