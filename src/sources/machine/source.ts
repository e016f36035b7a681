import type { DiskReading, MachineReading } from '../../domain/machine.ts';
import { isFolder, kernelFileIfReadable } from '../../host/files/files.ts';
import { createLister } from '../../host/slow/lister.ts';
import { boundedFiles, type SlowFiles } from '../../host/slow/slow-files.ts';
import { createFileSystemReader } from './file-systems.ts';
import {
  type MachineValues,
  type ParsedStat,
  parseDisks,
  parseLoad,
  parseMemory,
  parseNetworkDevices,
  parsePressure,
  parseStat,
} from './parse.ts';

/** What the reader needs. */
export interface MachineReaderOptions {
  /** Where procfs, sysfs and the folder of `reboot-required` are. */
  readonly procfs: string;
  readonly sysfs: string;
  readonly run: string;
  /** For what may hang: mounts. */
  readonly files: SlowFiles;
  /** Whether file systems of other machines, and those that a program serves, are asked. */
  readonly remoteFileSystems: boolean;
  readonly wantsMountpoint: (mountpoint: string) => boolean;
  readonly wantsNetworkDevice: (device: string) => boolean;
}

/**
 * Gives a reader of the machine's load, memory, disks, file systems and network; nothing where there is no procfs.
 *
 * Files whose text the kernel only has to write down are read at once, while mounts may hang without harm. Each is
 * read on its own: one that cannot be read costs its own values. Nothing is spawned.
 */
export function createMachineReader(options: MachineReaderOptions): () => Promise<MachineReading> {
  const { procfs, sysfs, run, files } = options;
  const readFileSystems = createFileSystemReader({
    procfs,
    remote: options.remoteFileSystems,
    wantsMountpoint: options.wantsMountpoint,
  });

  const listBlock = createLister(`${sysfs}/block`);

  return async () => {
    const bounded = boundedFiles(files);
    const [fileSystems, disks] = await Promise.all([
      readFileSystems(bounded),
      readDisks(procfs, () => listBlock(bounded)),
    ]);
    const networkDevices = parseNetworkDevices(kernelFileIfReadable(`${procfs}/net/dev`) ?? '');
    const stat = readStat(procfs);
    const values = { ...readValues(procfs), ...stat.values, ...readRebootRequired(run) };
    return {
      values,
      cpuSeconds: stat.cpuSeconds,
      fileSystems,
      networkDevices: networkDevices.filter(({ device }) => options.wantsNetworkDevice(device)),
      disks,
    };
  };
}

function readValues(procfs: string): MachineValues {
  const parsed = (name: string, parse: (text: string) => MachineValues) =>
    parse(kernelFileIfReadable(`${procfs}/${name}`) ?? '');
  return {
    ...parsed('loadavg', parseLoad),
    ...parsed('meminfo', parseMemory),
    ...parsed('pressure/cpu', (text) => parsePressure('cpu', text)),
    ...parsed('pressure/memory', (text) => parsePressure('memory', text)),
    ...parsed('pressure/io', (text) => parsePressure('io', text)),
  };
}

function readStat(procfs: string): ParsedStat {
  return parseStat(kernelFileIfReadable(`${procfs}/stat`) ?? '');
}

/** Nothing is known where there is not even the folder. */
function readRebootRequired(run: string): MachineValues {
  if (!isFolder(run)) return {};
  return { rebootRequired: kernelFileIfReadable(`${run}/reboot-required`) === undefined ? 0 : 1 };
}

/** Devices that are no disks: loop devices, memory, floppies and drives for discs. */
const NO_DISK = /^(loop|ram|zram|fd|sr)\d+$/;

/** Disks as a whole: partitions have no folder of their own below `block`. */
async function readDisks(
  procfs: string,
  listBlock: () => Promise<readonly string[]>,
): Promise<readonly DiskReading[]> {
  // sysfs writes the slash in a name such as cciss/c0d0 as an exclamation mark.
  const names = await listBlock().catch(() => []);
  const whole = new Set(names.map((name) => name.replaceAll('!', '/')));
  const all = parseDisks(kernelFileIfReadable(`${procfs}/diskstats`) ?? '');
  return all.filter(({ device }) => whole.has(device) && !NO_DISK.test(device));
}
