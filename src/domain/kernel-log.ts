import type { GpuVendor } from './gpu.ts';

/**
 * What the kernel's log says of trouble with GPUs, memory, disks and heat.
 *
 * Only what the kernel itself has written counts. Texts of events are short and free of control characters.
 */
export type KernelEvent =
  | XidEvent
  | GpuLostEvent
  | GpuIdentifiedEvent
  | SxidEvent
  | GpuDriverEvent
  | OomKillEvent
  | IoErrorEvent
  | FilesystemErrorEvent
  | ThermalThrottleEvent;

/** The NVIDIA driver has reported an error of a GPU; the number says which. */
export interface XidEvent {
  readonly kind: 'xid';
  /** As in `0000:01:00.0`, in lower case. */
  readonly pciBusId: string;
  readonly xid: number;
  /** Who was at work; undefined if the driver does not say. */
  readonly pid: number | undefined;
  /** Empty if the driver does not say. */
  readonly processName: string;
  /** The instance of a divided GPU (MIG), as in `05`; undefined for a whole one. */
  readonly gpuInstance: string | undefined;
  /** Xid 154 only: 0 none, 1 reset the GPU, 2 reboot, 3 drain peers, 4 drain and reset. */
  readonly recoveryAction: number | undefined;
}

/** A GPU no longer answers on the PCI bus. */
export interface GpuLostEvent {
  readonly kind: 'gpu-lost';
  readonly pciBusId: string;
}

/** The NVIDIA driver names a GPU before it reports an error of it. */
export interface GpuIdentifiedEvent {
  readonly kind: 'gpu-identified';
  readonly pciBusId: string;
  /** As in `GPU-...`. */
  readonly uuid: string;
}

/** An NVSwitch has reported an error. */
export interface SxidEvent {
  readonly kind: 'sxid';
  readonly pciBusId: string;
  readonly sxid: number;
  readonly severity: 'fatal' | 'non_fatal';
}

/** Trouble that other GPU drivers report, and NVIDIA's without an Xid. */
export interface GpuDriverEvent {
  readonly kind: 'gpu-driver';
  readonly driver: GpuDriver;
  /** Empty if the line does not say. */
  readonly pciBusId: string;
  readonly trouble: GpuTrouble;
}

/** Drivers whose lines are read. */
export type GpuDriver = 'nvidia' | 'amdgpu' | 'i915' | 'xe';

/** What happened: work that did not end, a hang, a reset, one that failed, a GPU that has gone or is given up. */
export type GpuTrouble = 'timeout' | 'hang' | 'reset' | 'reset_failed' | 'lost' | 'wedged' | 'init_failed';

/** The kernel has killed a process for want of memory. */
export interface OomKillEvent {
  readonly kind: 'oom-kill';
  readonly pid: number;
  readonly processName: string;
  /** Path of its cgroup; empty if the log does not say. */
  readonly cgroup: string;
}

/** A block device did not do as it was told. */
export interface IoErrorEvent {
  readonly kind: 'io-error';
  /** As in `sda1` or `nvme0n1`; `nvme0` for a controller. */
  readonly device: string;
}

/** File systems whose lines are read; `jbd2` is the journal of ext4. */
export type FilesystemName = 'ext2' | 'ext3' | 'ext4' | 'jbd2' | 'btrfs' | 'xfs' | 'f2fs' | 'fat';

/** A file system has found itself damaged, or has become read-only. */
export interface FilesystemErrorEvent {
  readonly kind: 'filesystem-error';
  readonly filesystem: FilesystemName;
  readonly device: string;
}

/** A CPU runs slower because it is too hot. */
export interface ThermalThrottleEvent {
  readonly kind: 'thermal-throttle';
  readonly scope: ThrottleScope;
}

/** What was too hot. */
export type ThrottleScope = 'core' | 'package';

/** A unit, and whose manager it is in. */
export interface UnitOwner {
  readonly unit: string;
  /** Undefined is the system's. */
  readonly user: string | undefined;
}

/** What others are told of an event; those like it that follow within 5 s are told with the next. */
export interface KernelNotice {
  readonly event: KernelEvent;
  /** Unix time. */
  readonly seconds: number;
  /** Whether it was in the log already when fettle began to read it. */
  readonly replayed: boolean;
  /** Of the GPU, as far as it is known; empty otherwise. */
  readonly uuid: string;
  /** The unit that was at work, or lost a process; undefined if nobody knows, or it was in none. */
  readonly unit: UnitOwner | undefined;
  /** How many like it have come since the last that was told. */
  readonly collapsed: number;
  /** The line, cut to some length and free of control characters. */
  readonly text: string;
}

/** The reader of the kernel's log, and what it has counted. */
export interface KernelLogReading {
  readonly source: KernelLogSource;
  /** Whether the log is being read. */
  readonly up: boolean;
  /** Seconds since everything that there was had been read; undefined where nobody can tell. */
  readonly lagSeconds: number | undefined;
  /** How often records were overwritten before they were read. */
  readonly gaps: number;
  /** Undefined until there was anything to read; the same object as before if nothing has happened. */
  readonly counts: KernelLogCounts | undefined;
}

/** Where the log comes from. */
export type KernelLogSource = 'kmsg' | 'journalctl';

/** Lines of this boot, as far as the log still has them. Times are Unix seconds. */
export interface KernelLogCounts {
  readonly xids: readonly XidCount[];
  readonly unitXids: readonly UnitXidCount[];
  readonly sxids: readonly SxidCount[];
  readonly gpuTroubles: readonly GpuTroubleCount[];
  readonly oomKills: number;
  readonly ioErrors: readonly DeviceCount[];
  readonly filesystemErrors: readonly FilesystemCount[];
  readonly thermalThrottles: Readonly<Record<ThrottleScope, number>>;
  /** GPUs that have fallen off the bus, and when it was last said. */
  readonly lostGpus: readonly LostGpu[];
  /** What the driver last said should be done about a GPU. */
  readonly recoveryActions: readonly RecoveryAction[];
}

/** Lines with one Xid of one GPU. `xid` and `pciBusId` are `other` when there are too many of them. */
export interface XidCount {
  readonly pciBusId: string;
  readonly uuid: string;
  readonly xid: string;
  readonly count: number;
  /** Undefined if there was none. */
  readonly lastSeconds: number | undefined;
}

/** Lines with one Xid of one GPU in which a process of this unit is named. All are `other` when there are too many. */
export interface UnitXidCount extends UnitOwner {
  readonly pciBusId: string;
  readonly uuid: string;
  readonly xid: string;
  readonly count: number;
}

/** Lines with one error of one NVSwitch. */
export interface SxidCount {
  readonly pciBusId: string;
  readonly sxid: string;
  readonly severity: string;
  readonly count: number;
}

/** Lines about one trouble of one GPU. */
export interface GpuTroubleCount {
  readonly driver: string;
  readonly pciBusId: string;
  readonly trouble: string;
  readonly count: number;
}

/** Lines about one block device. */
export interface DeviceCount {
  readonly device: string;
  readonly count: number;
}

/** Lines of one file system on one device. */
export interface FilesystemCount {
  readonly filesystem: string;
  readonly device: string;
  readonly count: number;
}

/** A GPU that the log says is lost. */
export interface LostGpu {
  readonly pciBusId: string;
  readonly vendor: GpuVendor;
  readonly uuid: string;
  readonly seconds: number;
}

/** What should be done about a GPU: 0 none, 1 reset it, 2 reboot, 3 drain peers, 4 drain and reset. */
export interface RecoveryAction {
  readonly pciBusId: string;
  readonly uuid: string;
  readonly action: number;
  readonly seconds: number;
}

/**
 * Xids after which a GPU needs somebody: to reset it, to reboot, or to look at its links.
 *
 * Source: NVIDIA's catalogue of Xids; 144 to 150 are NVLink 5, 154 says what should be done.
 */
export const CRITICAL_XIDS: readonly number[] = [
  46, 48, 62, 64, 74, 79, 95, 109, 110, 119, 120, 136, 140, 143, 144, 145, 146, 147, 148, 149, 150, 154, 155,
  156, 158,
];

/**
 * Whose GPU has left the bus, by this event: Xid 79, a driver's sentence without it, or another driver's.
 *
 * Undefined if it says nothing of the kind, or not of which GPU.
 */
export function lossIn(event: KernelEvent): Pick<LostGpu, 'pciBusId' | 'vendor'> | undefined {
  switch (event.kind) {
    case 'gpu-lost':
      return { pciBusId: event.pciBusId, vendor: 'nvidia' };
    case 'xid':
      return event.xid === 79 ? { pciBusId: event.pciBusId, vendor: 'nvidia' } : undefined;
    case 'gpu-driver':
      return event.trouble === 'lost' && event.pciBusId !== ''
        ? { pciBusId: event.pciBusId, vendor: MAKERS[event.driver] }
        : undefined;
    default:
      return undefined;
  }
}

const MAKERS: Readonly<Record<GpuDriver, GpuVendor>> = {
  nvidia: 'nvidia',
  amdgpu: 'amd',
  i915: 'intel',
  xe: 'intel',
};

/**
 * The GPUs that the log says are lost, less those that were seen in good health later.
 *
 * The log never says that a GPU has come back. `healthySeconds` gives the Unix time at which a GPU last was well
 * by another source, or undefined.
 */
export function stillLost(
  lostByLog: readonly LostGpu[],
  healthySeconds: (pciBusId: string) => number | undefined,
): readonly LostGpu[] {
  return lostByLog.filter(({ pciBusId, seconds }) => {
    const healthy = healthySeconds(pciBusId);
    return healthy === undefined || healthy <= seconds;
  });
}
