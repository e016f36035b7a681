import {
  CPU_MODES,
  type CpuMode,
  type DiskReading,
  MACHINE_VALUES,
  type MachineValue,
  type NetworkDeviceReading,
  type Traffic,
} from '../../domain/machine.ts';
import { parseField, parseStall } from '../cgroup/parse.ts';

/** Single values by name. */
export type MachineValues = Partial<Record<MachineValue, number>>;

/** Average numbers of tasks that run or wait, of `/proc/loadavg`. */
export function parseLoad(text: string): MachineValues {
  const [one, five, fifteen] = text.split(' ').map(decimal);
  return present({ 'load.1': one, 'load.5': five, 'load.15': fifteen });
}

/** Memory and swap of `/proc/meminfo`, which counts in KiB. */
export function parseMemory(text: string): MachineValues {
  const bytes = (key: string) => {
    const kibibytes = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  };
  return present({
    'memory.total': bytes('MemTotal'),
    'memory.available': bytes('MemAvailable'),
    'memory.free': bytes('MemFree'),
    'memory.buffers': bytes('Buffers'),
    'memory.cached': bytes('Cached'),
    'swap.total': bytes('SwapTotal'),
    'swap.free': bytes('SwapFree'),
  });
}

/**
 * Waiting and stalling of a file of `/proc/pressure`.
 *
 * Of the whole machine the kernel does not know when CPU kept everybody waiting, and says 0 since Linux 5.13.
 */
export function parsePressure(resource: 'cpu' | 'memory' | 'io', text: string): MachineValues {
  const waiting = parseStall(text, 'some');
  if (resource === 'cpu') return present({ 'pressure.cpu.waiting': waiting });
  const stalled = parseStall(text, 'full');
  return present({ [`pressure.${resource}.waiting`]: waiting, [`pressure.${resource}.stalled`]: stalled });
}

/** What is taken of `/proc/stat`. */
export interface ParsedStat {
  readonly values: MachineValues;
  readonly cpuSeconds: Readonly<Partial<Record<CpuMode, number>>>;
}

/** The kernel tells times to programs in hundredths of a second on all architectures of today (`USER_HZ`). */
const TICKS_PER_SECOND = 100;

/** Time of the start, processors that are online, and their times, of `/proc/stat`. */
export function parseStat(text: string): ParsedStat {
  const fields = /^cpu +([\d ]+)$/m.exec(text)?.[1]?.split(' ') ?? [];
  const cpuSeconds: Partial<Record<CpuMode, number>> = {};
  for (const [index, mode] of CPU_MODES.entries()) {
    const ticks = decimal(fields[index]);
    if (ticks !== undefined) cpuSeconds[mode] = ticks / TICKS_PER_SECOND;
  }
  const cpus = text.match(/^cpu\d+ /gm)?.length;
  return { values: present({ bootSeconds: parseField(text, 'btime'), cpus }), cpuSeconds };
}

/** Network devices of `/proc/net/dev`: eight numbers received, eight sent; a line of another form is left out. */
export function parseNetworkDevices(text: string): readonly NetworkDeviceReading[] {
  return text.split('\n').flatMap((line) => {
    // A name may have a colon in it, as of an alias.
    const [, device, rest] = /^\s*(\S+):\s*([\d ]+)$/.exec(line) ?? [];
    const fields = rest?.trim().split(/ +/).map(Number) ?? [];
    const received = traffic(fields.slice(0, 8));
    const sent = traffic(fields.slice(8, 16));
    if (device === undefined || received === undefined || sent === undefined) return [];
    return [{ device, received, sent }];
  });
}

function traffic([bytes, packets, errors, drops]: readonly number[]): Traffic | undefined {
  if (bytes === undefined || packets === undefined || errors === undefined || drops === undefined) {
    return undefined;
  }
  return { bytes, packets, errors, drops };
}

/** The kernel counts in sectors of this size, whatever the disk's are. */
const SECTOR_BYTES = 512;

/** Block devices of `/proc/diskstats`, partitions included; a line of another form is left out. */
export function parseDisks(text: string): readonly DiskReading[] {
  return text.split('\n').flatMap((line) => {
    const [, , device, ...fields] = line.trim().split(/\s+/);
    const [reads, , readSectors, , writes, , writtenSectors, , , ioMs] = fields.map(decimal);
    if (device === undefined || reads === undefined || writes === undefined || ioMs === undefined) return [];
    if (readSectors === undefined || writtenSectors === undefined) return [];
    const readBytes = readSectors * SECTOR_BYTES;
    const writtenBytes = writtenSectors * SECTOR_BYTES;
    return [{ device, reads, readBytes, writes, writtenBytes, ioSeconds: ioMs / 1000 }];
  });
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Leaves out what is unknown. */
function present(values: Readonly<Partial<Record<MachineValue, number | undefined>>>): MachineValues {
  const known: MachineValues = {};
  for (const [name, value] of Object.entries(values)) {
    const key = MACHINE_VALUES.find((one) => one === name);
    if (key !== undefined && value !== undefined) known[key] = value;
  }
  return known;
}
