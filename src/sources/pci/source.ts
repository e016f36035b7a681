import { isAsleep, type PciGpuReading } from '../../domain/pci.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { known, type SysfsFolder, sysfsFolder, sysfsNames } from '../../host/slow/sysfs.ts';
import { readLinkState } from './link.ts';
import { answers, gpuVendorOf, parseAerTotal } from './parse.ts';

/** Reads the GPUs on the PCI bus, in the order of their addresses. Throws Failure `unreadable`. */
export type PciGpuReader = () => Promise<readonly PciGpuReading[]>;

/** A vendor's number: enough to know whether a device answers. */
const HEAD_BYTES = 4;

/**
 * Gives a reader of the GPUs that this machine should have.
 *
 * One that it has seen stays in the list after the kernel has dropped it, as not present: nobody takes a GPU out of a
 * running machine, but for one in a box of its own. A suspended one is not asked: that would wake it, and it might
 * not answer. Source: `/sys/bus/pci/devices` (`sysfs` says where sysfs is mounted).
 */
export function createPciGpuReader(sysfs: string, files: SlowFiles): PciGpuReader {
  const folder = `${sysfs}/bus/pci/devices`;
  const seen = new Map<string, PciGpuReading>();
  const others = new Set<string>();

  /** `undefined`: it is still listed, and nobody answers for it now. */
  function note(address: string, reading: PciGpuReading | 'other' | undefined): void {
    if (reading === 'other') others.add(address);
    else if (reading !== undefined) seen.set(address, reading);
    else {
      const before = seen.get(address);
      if (before !== undefined) seen.set(address, { ...before, present: undefined, link: {} });
    }
  }

  function noteGone(names: readonly string[]): void {
    for (const name of others) if (!names.includes(name)) others.delete(name);
    for (const [address, reading] of seen) if (!names.includes(address)) seen.set(address, gone(reading));
  }

  return async () => {
    const names = await sysfsNames(files, folder);
    // What a device is never changes, and most are no GPUs.
    const candidates = names.filter((name) => !others.has(name));
    await Promise.all(
      candidates.map(async (name) => note(name, await readGpu(`${folder}/${name}`, name, files))),
    );
    noteGone(names);
    return [...seen.values()].sort((a, b) => (a.pciBusId < b.pciBusId ? -1 : 1));
  };
}

function gone(reading: PciGpuReading): PciGpuReading {
  return reading.present === false ? reading : { ...reading, present: false, link: {} };
}

/** A GPU; `other` for what is none, undefined if that cannot be told now. */
async function readGpu(
  folder: string,
  address: string,
  files: SlowFiles,
): Promise<PciGpuReading | 'other' | undefined> {
  const device = sysfsFolder(files, folder);
  const [vendorId, deviceClass] = await Promise.all([device.text('vendor'), device.text('class')]);
  if (vendorId === undefined || deviceClass === undefined) return undefined;
  const vendor = gpuVendorOf(vendorId, deviceClass);
  // A virtual function is a part of the GPU beside it, and answers nobody but the virtual machine that has it.
  if (vendor === undefined || (await device.text('physfn/vendor')) !== undefined) return 'other';
  const [uevent = '', runtimeStatus = '', aerErrors] = await Promise.all([
    device.text('uevent'),
    device.text('power/runtime_status'),
    readAerErrors(device),
  ]);
  return {
    pciBusId: address.toLowerCase(),
    vendor,
    pciId: /^PCI_ID=(\S+)$/m.exec(uevent)?.[1]?.toLowerCase() ?? '',
    driver: /^DRIVER=(\S+)$/m.exec(uevent)?.[1] ?? '',
    runtimeStatus,
    aerErrors,
    ...(isAsleep({ runtimeStatus })
      ? { present: undefined, link: {} }
      : await askDevice(device, folder, files)),
  };
}

async function askDevice(
  device: SysfsFolder,
  folder: string,
  files: SlowFiles,
): Promise<Pick<PciGpuReading, 'present' | 'link'>> {
  const head = await files.readHead(`${folder}/config`, HEAD_BYTES);
  const present = answers('value' in head ? head.value : undefined);
  return { present, link: present === false ? {} : await readLinkState(device) };
}

async function readAerErrors(device: SysfsFolder): Promise<PciGpuReading['aerErrors']> {
  const [correctable, nonfatal, fatal] = await Promise.all([
    device.text('aer_dev_correctable'),
    device.text('aer_dev_nonfatal'),
    device.text('aer_dev_fatal'),
  ]);
  return known({
    correctable: parseAerTotal(correctable),
    nonfatal: parseAerTotal(nonfatal),
    fatal: parseAerTotal(fatal),
  });
}
