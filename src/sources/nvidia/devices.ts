import { isAsleep } from '../../domain/pci.ts';
import { boundedFiles, type SlowFiles } from '../../host/slow/slow-files.ts';
import { type SysfsFolder, sysfsFolder, sysfsNames } from '../../host/slow/sysfs.ts';
import { gpuVendorOf } from '../pci/parse.ts';

/** An NVIDIA GPU that the kernel sees, driver or not. */
export interface NvidiaDevice {
  /** As in `0000:01:00.0`. */
  readonly pciBusId: string;
  /** Whether it has been put to sleep to save power; asking the driver about it would wake it. */
  readonly suspended: boolean;
  /** Its driver in the kernel, as in `nvidia`; empty: none, undefined: the kernel does not say. */
  readonly driver: string | undefined;
}

/** Reads the NVIDIA GPUs on PCI; this wakes none of them, and takes 4 s at most. */
export type NvidiaDeviceReader = () => Promise<readonly NvidiaDevice[]>;

/**
 * Gives a reader that remembers what each device is: that never changes, and a device that hangs does not say it.
 *
 * Where the bus cannot be listed, it gives the GPUs that it has seen, as awake. Source: `/sys/bus/pci/devices/*`
 * (`sysfs` says where sysfs is mounted).
 */
export function createNvidiaDeviceReader(sysfs: string, slowFiles: SlowFiles): NvidiaDeviceReader {
  const folder = `${sysfs}/bus/pci/devices`;
  const kinds = new Map<string, 'gpu' | 'other'>();

  async function kindOf(device: SysfsFolder): Promise<'gpu' | 'other' | undefined> {
    const [vendor, deviceClass] = await Promise.all([device.text('vendor'), device.text('class')]);
    if (vendor === undefined || deviceClass === undefined) return undefined;
    return gpuVendorOf(vendor, deviceClass) === 'nvidia' ? 'gpu' : 'other';
  }

  async function read(address: string, device: SysfsFolder): Promise<NvidiaDevice | undefined> {
    const kind = kinds.get(address) ?? (await kindOf(device));
    if (kind !== undefined) kinds.set(address, kind);
    if (kind !== 'gpu') return undefined;
    const [runtimeStatus = '', uevent] = await Promise.all([
      device.text('power/runtime_status'),
      device.text('uevent'),
    ]);
    return {
      pciBusId: address.toLowerCase(),
      suspended: isAsleep({ runtimeStatus }),
      driver: uevent === undefined ? undefined : (/^DRIVER=(\S+)$/m.exec(uevent)?.[1] ?? ''),
    };
  }

  return async () => {
    const files = boundedFiles(slowFiles);
    const names = await sysfsNames(files, folder).catch(() => undefined);
    if (names === undefined) {
      const gpus = [...kinds].filter(([, kind]) => kind === 'gpu');
      return gpus.map(([address]) => ({ pciBusId: address, suspended: false, driver: undefined }));
    }
    for (const address of kinds.keys()) if (!names.includes(address)) kinds.delete(address);
    const found = await Promise.all(
      names.map((address) => read(address, sysfsFolder(files, `${folder}/${address}`))),
    );
    return found.filter((device) => device !== undefined);
  };
}
