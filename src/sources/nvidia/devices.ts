import { listFolder, readTextFile } from '../../host/files.ts';

/** An NVIDIA GPU that the kernel sees, driver or not. */
export interface NvidiaDevice {
  /** As in `0000:01:00.0`. */
  readonly pciBusId: string;
  /** Whether it has been put to sleep to save power; asking the driver about it would wake it. */
  readonly suspended: boolean;
}

const NVIDIA = '0x10de';
/** VGA and 3D controllers, but not the audio device beside them. */
const DISPLAY_CONTROLLER = '0x03';

/**
 * The NVIDIA GPUs on PCI; reading this wakes none of them.
 *
 * Source: `/sys/bus/pci/devices/*` (`sysfs` says where sysfs is mounted).
 */
export async function readNvidiaDevices(sysfs: string): Promise<readonly NvidiaDevice[]> {
  const folder = `${sysfs}/bus/pci/devices`;
  const addresses = await listFolder(folder);
  const found = await Promise.all(addresses.map((address) => readDevice(`${folder}/${address}`, address)));
  return found.filter((device) => device !== undefined);
}

async function readDevice(path: string, pciBusId: string): Promise<NvidiaDevice | undefined> {
  if ((await readLine(`${path}/vendor`)) !== NVIDIA) return undefined;
  const deviceClass = await readLine(`${path}/class`);
  if (!deviceClass?.startsWith(DISPLAY_CONTROLLER)) return undefined;
  return { pciBusId, suspended: (await readLine(`${path}/power/runtime_status`)) === 'suspended' };
}

/** A device that is leaving the bus may answer with any error. */
async function readLine(path: string): Promise<string | undefined> {
  const text = await readTextFile(path).catch(() => undefined);
  return text?.trim();
}
