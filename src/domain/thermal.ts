/** Why a sensor could not be read, by the kernel's names; `timeout` is one that did not answer. */
export const READ_ERRORS = [
  'EACCES',
  'EAGAIN',
  'EBUSY',
  'EINVAL',
  'EIO',
  'ENODATA',
  'ENODEV',
  'ENXIO',
  'EOPNOTSUPP',
  'EPERM',
  'EREMOTEIO',
  'ETIMEDOUT',
  'timeout',
  'other',
] as const;

/** Why a sensor could not be read. */
export type ReadError = (typeof READ_ERRORS)[number];

/** How often a file could not be read since fettle started, by reason; what never happened is not there. */
export type ReadErrorCounts = Readonly<Partial<Record<ReadError, number>>>;

/** The kernel's name if it is one of those that are told apart, else `other`. */
export function readErrorOf(error: string): ReadError {
  return READ_ERRORS.find((known) => known === error) ?? 'other';
}

/** The same by the name of the file, as in `temp`; files that never failed are not there. */
export type FileErrorCounts = Readonly<Record<string, ReadErrorCounts>>;

/** One thermal zone of the kernel. */
export interface ThermalZoneReading {
  /** Number of the zone's folder: types repeat, numbers do not. */
  readonly zone: string;
  readonly type: string;
  /** Undefined while the sensor does not measure. */
  readonly celsius: number | undefined;
  /** `enabled` or `disabled`; empty if the kernel does not say. */
  readonly mode: string;
  /** The governor, as in `step_wise`; empty if the kernel does not say. */
  readonly policy: string;
  readonly trips: readonly TripReading[];
  readonly readErrors: FileErrorCounts;
}

/** A temperature at which the kernel does something about a zone. */
export interface TripReading {
  readonly trip: string;
  /** `passive`, `active`, `hot` or `critical`. */
  readonly type: string;
  readonly celsius: number;
}

/** What cools: a fan, or a processor that is slowed down. */
export interface CoolingDeviceReading {
  /** Number of its folder: types repeat. */
  readonly device: string;
  readonly type: string;
  /** 0 is not at all. */
  readonly state: number | undefined;
  readonly maxState: number | undefined;
  readonly readErrors: FileErrorCounts;
}

/** How often processors were slowed down for being too hot; those that went offline since have their last counts. */
export interface CpuThrottleCounts {
  /** Summed over the cores. */
  readonly core?: number;
  /** Summed over the packages. */
  readonly package?: number;
}

/** All that the kernel says of heat. */
export interface ThermalReading {
  readonly zones: readonly ThermalZoneReading[];
  readonly coolingDevices: readonly CoolingDeviceReading[];
  readonly cpuThrottles: CpuThrottleCounts;
}

/** One sensor of a chip. */
export interface HwmonReading {
  readonly chip: string;
  /** The device that the chip is, as its place in sysfs ends: `0000:00:18.3`, `nvme0`; no two chips have the same. */
  readonly device: string;
  /** As in `temp1` or `fan2`. */
  readonly sensor: string;
  /** What the driver calls it; empty if it does not. */
  readonly label: string;
  readonly quantity: 'temperature' | 'fan';
  /** Degrees Celsius, or revolutions a minute; undefined while it does not measure. */
  readonly value: number | undefined;
  readonly readErrors: ReadErrorCounts;
}
