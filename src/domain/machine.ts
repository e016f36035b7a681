/** Single values of the machine; units are bytes, seconds and counts. */
export const MACHINE_VALUES = [
  'load.1',
  'load.5',
  'load.15',
  'memory.total',
  'memory.available',
  'memory.free',
  'memory.buffers',
  'memory.cached',
  'swap.total',
  'swap.free',
  'pressure.cpu.waiting',
  'pressure.memory.waiting',
  'pressure.memory.stalled',
  'pressure.io.waiting',
  'pressure.io.stalled',
  'bootSeconds',
  'rebootRequired',
  'cpus',
] as const;

/** Name of a single value of the machine. */
export type MachineValue = (typeof MACHINE_VALUES)[number];

/** What processors spend their time on; time of guests is in `user` and `nice` too. */
export const CPU_MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;

/** What a processor spends its time on. */
export type CpuMode = (typeof CPU_MODES)[number];

/** Everything that is told of the machine but its units; what could not be read is not there. */
export interface MachineReading {
  readonly values: Readonly<Partial<Record<MachineValue, number>>>;
  /** Seconds since the start, summed over all processors. */
  readonly cpuSeconds: Readonly<Partial<Record<CpuMode, number>>>;
  readonly fileSystems: readonly FileSystemReading[];
  readonly networkDevices: readonly NetworkDeviceReading[];
  readonly disks: readonly DiskReading[];
}

/** A file system where it is mounted. */
export interface FileSystemReading {
  /** What is mounted, as in `/dev/sda1` or `server:/export`. */
  readonly device: string;
  readonly mountpoint: string;
  readonly fstype: string;
  readonly readOnly: boolean;
  /** Undefined if it cannot be asked, or has not answered yet. */
  readonly sizes: FileSystemBytes | undefined;
  /** Whether nobody asked, since other file systems hang: nothing is known of it then. */
  readonly unasked?: boolean;
}

/** How large a file system is. */
export interface FileSystemBytes {
  readonly sizeBytes: number;
  /** Free for root too; undefined where that is not told. */
  readonly freeBytes: number | undefined;
  /** Free for everybody, not for root alone. */
  readonly availableBytes: number;
  /** Undefined where inodes are not limited. */
  readonly inodes: number | undefined;
  readonly freeInodes: number | undefined;
}

/** What has gone through a network device since it came up. */
export interface NetworkDeviceReading {
  readonly device: string;
  readonly received: Traffic;
  readonly sent: Traffic;
}

/** One direction of a network device. */
export interface Traffic {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly drops: number;
}

/** What has gone to and from a disk since the start. */
export interface DiskReading {
  readonly device: string;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly reads: number;
  readonly writes: number;
  /** Time in which something was under way. */
  readonly ioSeconds: number;
}

/** Mountpoints that are not told of unless somebody wants them: those of containers, and of credentials. */
export const UNWANTED_MOUNTPOINTS =
  '/(run/(credentials|containerd|docker|netns|snapd)|var/lib/(docker|containerd|containers/storage|kubelet))(/.*)?';

/** Network devices that are not told of unless somebody wants them: the loopback, and the host's ends of containers. */
export const UNWANTED_NETWORK_DEVICES = 'lo|veth.*|cali[0-9a-f]+|lxc[0-9a-f]+';
