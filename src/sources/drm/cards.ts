import type { GpuIdentity } from '../../domain/gpu.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { sysfsFolder, sysfsNames } from '../../host/slow/sysfs.ts';

/** A GPU whose driver is one of the kernel's own, with its folder in sysfs. */
export interface DrmCard {
  readonly identity: GpuIdentity;
  /** As in `/sys/class/drm/card0`. */
  readonly folder: string;
  /** As in `1002:744c`: vendor and device, as `lspci -n` prints them. */
  readonly pciId: string;
  /** Whether its power is off. It would be switched on by reading most of its files. */
  readonly suspended: boolean;
}

const VENDORS: Readonly<Record<string, 'amd' | 'intel'>> = { '0x1002': 'amd', '0x8086': 'intel' };

/**
 * The GPUs of AMD and Intel, in the order of their numbers (`gpu` is the number of the card).
 *
 * No file is read here for which a GPU would be woken. Throws Failure `unreadable`. Source: `/sys/class/drm/card*`.
 */
export async function findCards(sysfs: string, files: SlowFiles): Promise<readonly DrmCard[]> {
  const folder = `${sysfs}/class/drm`;
  const numbers = (await sysfsNames(files, folder)).flatMap((name) => /^card(\d+)$/.exec(name)?.[1] ?? []);
  numbers.sort((a, b) => Number(a) - Number(b));
  const cards = await Promise.all(numbers.map((gpu) => findCard(`${folder}/card${gpu}`, gpu, files)));
  return cards.filter((card) => card !== undefined);
}

async function findCard(folder: string, gpu: string, files: SlowFiles): Promise<DrmCard | undefined> {
  const device = sysfsFolder(files, `${folder}/device`);
  const [vendorId = '', uevent = ''] = await Promise.all([device.text('vendor'), device.text('uevent')]);
  const vendor = VENDORS[vendorId];
  const address = /^PCI_SLOT_NAME=(\S+)$/m.exec(uevent)?.[1];
  if (vendor === undefined || address === undefined) return undefined;
  const [status, unique] = await Promise.all([device.text('power/runtime_status'), device.text('unique_id')]);
  const pciId = /^PCI_ID=(\S+)$/m.exec(uevent)?.[1] ?? '';
  return {
    identity: { gpu, uuid: uuidOf(unique), vendor, pciBusId: address.toLowerCase() },
    folder,
    pciId: pciId.toLowerCase(),
    suspended: status?.startsWith('suspend') ?? false,
  };
}

/** As ROCm prints it; AMD's GPUs before Vega have none. */
function uuidOf(unique: string | undefined): string {
  return unique !== undefined && /^[0-9a-f]{16}$/.test(unique) && !/^0+$/.test(unique) ? `GPU-${unique}` : '';
}
