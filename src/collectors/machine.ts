import type {
  DiskReading,
  FileSystemReading,
  MachineReading,
  MachineValue,
  NetworkDeviceReading,
} from '../domain/machine.ts';
import { CPU_MODES } from '../domain/machine.ts';
import { defineMetric, type MetricSpec, type Sample, sample } from '../domain/metric.ts';
import { type Block, blockOf, type Collector } from './collector.ts';

type Type = MetricSpec['type'];

function metric<const L extends string = never>(
  type: Type,
  name: string,
  help: string,
  source: string,
  labels: readonly L[] = [],
): MetricSpec<L> {
  return defineMetric({ name: `machine_${name}`, help, type, labels, source });
}

/** A number that is there once, and the metric it becomes. */
interface ValueRow {
  readonly value: MachineValue;
  readonly metric: MetricSpec<never>;
}

function row(value: MachineValue, type: Type, name: string, help: string, source: string): ValueRow {
  return { value, metric: metric(type, name, help, source) };
}

function load(minutes: 1 | 5 | 15): ValueRow {
  const help = `Tasks that run or wait to, or wait for a disk, as an average of ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
  return row(`load.${minutes}`, 'gauge', `load${minutes}`, help, '/proc/loadavg');
}

function stall(
  resource: 'cpu' | 'memory' | 'io',
  kind: 'waiting' | 'stalled',
  value: MachineValue,
): ValueRow {
  const who = kind === 'waiting' ? 'some task' : 'every task that could run';
  const name = `pressure_${resource}_${kind}_seconds_total`;
  const help = `Time in which ${who} waited for ${resource}.`;
  return row(
    value,
    'counter',
    name,
    help,
    `/proc/pressure/${resource} ${kind === 'waiting' ? 'some' : 'full'}`,
  );
}

const VALUES: readonly ValueRow[] = [
  load(1),
  load(5),
  load(15),
  row('memory.total', 'gauge', 'memory_total_bytes', 'Memory of the machine.', '/proc/meminfo MemTotal'),
  row(
    'memory.available',
    'gauge',
    'memory_available_bytes',
    'Memory that programs could still get without swapping.',
    '/proc/meminfo MemAvailable',
  ),
  row(
    'memory.free',
    'gauge',
    'memory_free_bytes',
    'Memory that nobody uses, not even as a cache.',
    '/proc/meminfo MemFree',
  ),
  row(
    'memory.buffers',
    'gauge',
    'memory_buffers_bytes',
    'Memory that caches blocks of disks.',
    '/proc/meminfo Buffers',
  ),
  row(
    'memory.cached',
    'gauge',
    'memory_cached_bytes',
    'Memory that caches files, tmpfs included.',
    '/proc/meminfo Cached',
  ),
  row('swap.total', 'gauge', 'swap_total_bytes', 'Swap of the machine.', '/proc/meminfo SwapTotal'),
  row('swap.free', 'gauge', 'swap_free_bytes', 'Swap that is not used.', '/proc/meminfo SwapFree'),
  stall('cpu', 'waiting', 'pressure.cpu.waiting'),
  stall('memory', 'waiting', 'pressure.memory.waiting'),
  stall('memory', 'stalled', 'pressure.memory.stalled'),
  stall('io', 'waiting', 'pressure.io.waiting'),
  stall('io', 'stalled', 'pressure.io.stalled'),
  row(
    'bootSeconds',
    'gauge',
    'boot_time_seconds',
    'Unix time at which the machine started.',
    '/proc/stat btime',
  ),
  row(
    'rebootRequired',
    'gauge',
    'reboot_required',
    'Whether the distribution asks for a reboot (1), as Debian and Ubuntu do after an update.',
    '/run/reboot-required',
  ),
  row('cpus', 'gauge', 'cpus', 'Processors that are online, threads of a core included.', '/proc/stat cpu*'),
];

const CPU = metric(
  'counter',
  'cpu_seconds_total',
  'Time that all processors together have spent so; time of guests is in user and nice too.',
  '/proc/stat cpu',
  ['mode'],
);

const MOUNT = ['device', 'mountpoint', 'fstype'] as const;

function ofMount(name: string, help: string, source = 'statfs'): MetricSpec<(typeof MOUNT)[number]> {
  return metric('gauge', `filesystem_${name}`, help, source, MOUNT);
}

const SIZE = ofMount('size_bytes', 'Size of the file system.');
const FREE = ofMount('free_bytes', 'What is free of the file system, for root.');
const AVAILABLE = ofMount('available_bytes', 'What is free of the file system for everybody.');
const INODES = ofMount('inodes', 'Files that the file system can hold; left out where there is no limit.');
const INODES_FREE = ofMount('inodes_free', 'Files that the file system can still take.');
const READ_ONLY = ofMount(
  'read_only',
  'Whether the file system is read-only (1), as after an error of its disk.',
  '/proc/1/mountinfo, else /proc/self/mountinfo',
);
const ERROR = ofMount(
  'error',
  'Whether the file system could not be asked for its size (1): it may hang, and is asked again when it has answered. Left out if nobody asked, since others hang.',
);

const DEVICE = ['device'] as const;

function ofDevice(subject: 'disk' | 'network', name: string, help: string): MetricSpec<'device'> {
  const source = subject === 'disk' ? '/proc/diskstats' : '/proc/net/dev';
  return metric('counter', `${subject}_${name}_total`, help, source, DEVICE);
}

type PerDevice<T> = readonly (readonly [MetricSpec<'device'>, (reading: T) => number])[];

const NETWORK: PerDevice<NetworkDeviceReading> = [
  [ofDevice('network', 'receive_bytes', 'Bytes received.'), ({ received }) => received.bytes],
  [ofDevice('network', 'receive_packets', 'Packets received.'), ({ received }) => received.packets],
  [ofDevice('network', 'receive_errors', 'Bad packets received.'), ({ received }) => received.errors],
  [
    ofDevice('network', 'receive_drops', 'Packets received that there was no room or use for.'),
    ({ received }) => received.drops,
  ],
  [ofDevice('network', 'transmit_bytes', 'Bytes sent.'), ({ sent }) => sent.bytes],
  [ofDevice('network', 'transmit_packets', 'Packets sent.'), ({ sent }) => sent.packets],
  [ofDevice('network', 'transmit_errors', 'Packets that could not be sent.'), ({ sent }) => sent.errors],
  [
    ofDevice('network', 'transmit_drops', 'Packets that were dropped instead of sent.'),
    ({ sent }) => sent.drops,
  ],
];

const DISK: PerDevice<DiskReading> = [
  [ofDevice('disk', 'read_bytes', 'Bytes read from the disk.'), ({ readBytes }) => readBytes],
  [ofDevice('disk', 'written_bytes', 'Bytes written to the disk.'), ({ writtenBytes }) => writtenBytes],
  [ofDevice('disk', 'reads', 'Reads that the disk has done.'), ({ reads }) => reads],
  [ofDevice('disk', 'writes', 'Writes that the disk has done.'), ({ writes }) => writes],
  [
    ofDevice('disk', 'io_seconds', 'Time in which something was under way at the disk.'),
    ({ ioSeconds }) => ioSeconds,
  ],
];

/** The machine as a whole: load, memory, processors, file systems, network and disks. */
export function createMachineCollector(read: (signal: AbortSignal) => Promise<MachineReading>): Collector {
  const perDevice = [...NETWORK, ...DISK].map(([spec]) => spec);
  const perMount = [SIZE, FREE, AVAILABLE, INODES, INODES_FREE, READ_ONLY, ERROR];
  return {
    name: 'machine',
    metrics: [...VALUES.map((one) => one.metric), CPU, ...perMount, ...perDevice],
    async collect(signal) {
      const { fileSystems, ...rest } = await read(signal);
      return [blockOf(machineSamples({ ...rest, fileSystems: [] })), ...mountBlocks(fileSystems)];
    },
  };
}

/** So many mounts are written in a millisecond, and others have their turn in between. */
const MOUNTS_PER_BLOCK = 64;

function mountBlocks(fileSystems: readonly FileSystemReading[]): readonly Block[] {
  const blocks: Block[] = [];
  for (let begin = 0; begin < fileSystems.length; begin += MOUNTS_PER_BLOCK) {
    const own = fileSystems.slice(begin, begin + MOUNTS_PER_BLOCK);
    blocks.push({ samples: () => own.flatMap(fileSystemSamples) });
  }
  return blocks;
}

/** Samples of the machine; what could not be read is left out. */
export function machineSamples(reading: MachineReading): readonly Sample[] {
  const { values, cpuSeconds, fileSystems, networkDevices, disks } = reading;
  return [
    ...VALUES.flatMap(({ value, metric: spec }) => optional(spec, {}, values[value])),
    ...CPU_MODES.flatMap((mode) => optional(CPU, { mode }, cpuSeconds[mode])),
    ...fileSystems.flatMap(fileSystemSamples),
    ...networkDevices.flatMap((one) =>
      NETWORK.map(([spec, of]) => sample(spec, { device: one.device }, of(one))),
    ),
    ...disks.flatMap((one) => DISK.map(([spec, of]) => sample(spec, { device: one.device }, of(one)))),
  ];
}

function fileSystemSamples(reading: FileSystemReading): readonly Sample[] {
  const { device, mountpoint, fstype, readOnly, sizes, unasked } = reading;
  const labels = { device, mountpoint, fstype };
  return [
    sample(READ_ONLY, labels, readOnly ? 1 : 0),
    ...(unasked ? [] : [sample(ERROR, labels, sizes === undefined ? 1 : 0)]),
    ...optional(SIZE, labels, sizes?.sizeBytes),
    ...optional(FREE, labels, sizes?.freeBytes),
    ...optional(AVAILABLE, labels, sizes?.availableBytes),
    ...optional(INODES, labels, sizes?.inodes),
    ...optional(INODES_FREE, labels, sizes?.freeInodes),
  ];
}

function optional<L extends string>(
  spec: MetricSpec<L>,
  labels: Readonly<Record<NoInfer<L>, string>>,
  value: number | undefined,
): readonly Sample[] {
  return value === undefined ? [] : [sample(spec, labels, value)];
}
