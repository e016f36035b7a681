/**
 * What GPUs say of themselves and who uses them, whoever made them.
 *
 * A value that is undefined, or not there, is unknown: it is never 0 instead. Ratios are from 0 to 1, other units
 * are in the names or base units.
 */

/** Who made a GPU. */
export type GpuVendor = 'nvidia' | 'amd' | 'intel' | 'jetson' | 'apple';

/** Parts of a GPU that can be busy. */
export const GPU_ENGINES = ['gpu', 'memory', 'encoder', 'decoder', 'jpeg', 'ofa'] as const;
export type GpuEngine = (typeof GPU_ENGINES)[number];

/** Places where a GPU measures its temperature. */
export type GpuSensor = 'gpu' | 'memory' | 'junction';

/** Temperatures at which a GPU does something about them. */
export type GpuThreshold = 'shutdown' | 'slowdown' | 'max_operating' | 'target';

/** Limits on power: that in force, that at the start, and the bounds of what can be set. */
export type GpuPowerLimit = 'enforced' | 'default' | 'min' | 'max';

/** Clocks of a GPU. */
export type GpuClock = 'graphics' | 'sm' | 'memory' | 'video';

/** Why a GPU runs slower than it could. */
export const THROTTLE_REASONS = [
  'idle',
  'app_clocks',
  'sw_power_cap',
  'hw_slowdown',
  'hw_thermal',
  'hw_power_brake',
  'sync_boost',
  'sw_thermal',
  'display',
] as const;
export type ThrottleReason = (typeof THROTTLE_REASONS)[number];

/** Values by what they are of. */
export type Values<K extends string> = Readonly<Partial<Record<K, number>>>;

/** How a GPU is told from others. */
export interface GpuIdentity {
  /** Its number as text, as the driver counts. */
  readonly gpu: string;
  /** As the driver prints it (`GPU-...`); empty if there is none. */
  readonly uuid: string;
  readonly vendor: GpuVendor;
  /** As in `0000:01:00.0`, in lower case; empty where there is no PCI. */
  readonly pciBusId: string;
}

/** One GPU at one moment. */
export interface GpuReading extends GpuIdentity {
  readonly info: GpuInfo;
  readonly utilization: Values<GpuEngine>;
  /** Bytes. `reserved` is what the driver keeps for itself. */
  readonly memory: Values<'total' | 'used' | 'free' | 'reserved' | 'bar1Used'>;
  /** Degrees Celsius. */
  readonly temperatures: Values<GpuSensor>;
  readonly thresholds: Values<GpuThreshold>;
  /** Degrees Celsius left until the GPU slows down; negative beyond. */
  readonly temperatureMargin: number | undefined;
  readonly powerWatts: number | undefined;
  /** Watts. */
  readonly powerLimits: Values<GpuPowerLimit>;
  /** Hertz. */
  readonly clocks: Values<GpuClock>;
  readonly maxClocks: Values<GpuClock>;
  readonly fanRatio: number | undefined;
  /** 0 (fastest) to 15. */
  readonly performanceState: number | undefined;
  readonly throttle: Readonly<Partial<Record<ThrottleReason, boolean>>>;
  /** Seconds spent so since the driver was loaded. */
  readonly throttleSeconds: Values<ThrottleReason>;
  readonly pcie: Values<
    | 'generation'
    | 'generationMax'
    | 'width'
    | 'widthMax'
    | 'replays'
    | 'sentBytesPerSecond'
    | 'receivedBytesPerSecond'
  >;
  /** Counted since the driver was loaded. */
  readonly eccVolatile: readonly EccCount[];
  /** Counted over the life of the GPU. */
  readonly eccAggregate: readonly EccCount[];
  readonly retiredPages: Values<'single_bit' | 'double_bit'>;
  readonly remappedRows: Values<'correctable' | 'uncorrectable'>;
  readonly remapPending: boolean | undefined;
  readonly remapFailure: boolean | undefined;
  /** 0 none, 1 reset the GPU, 2 reboot, 3 drain peers, 4 drain and reset. */
  readonly recoveryAction: number | undefined;
  readonly mig: readonly MigReading[];
  /** Who uses it; undefined if the driver does not say. */
  readonly processes: readonly GpuProcess[] | undefined;
}

/** What hardly changes about a GPU; a text that is not known is empty. */
export interface GpuInfo {
  readonly name: string;
  readonly driverVersion: string;
  readonly cudaVersion: string;
  readonly vbiosVersion: string;
  readonly persistenceMode: string;
  readonly computeMode: string;
}

/** Errors in a GPU's memory. */
export interface EccCount {
  readonly memory: 'dram' | 'sram';
  readonly severity: 'corrected' | 'uncorrected';
  readonly count: number;
}

/** One instance of a GPU that has been divided (MIG). Its compute instances share the memory. */
export interface MigReading {
  readonly gpuInstance: string;
  readonly computeInstances: readonly string[];
  /** As in `1g.10gb`; empty if the driver does not say. */
  readonly profile: string;
  /** Bytes. */
  readonly memory: Values<'total' | 'used'>;
}

/** A process that uses a GPU. */
export interface GpuProcess {
  readonly pid: number;
  readonly name: string;
  /** `C` computes, `G` draws, `C+G` does both; empty if the driver does not say. */
  readonly type: string;
  /** Bytes of the GPU's memory. */
  readonly memoryBytes: number | undefined;
}

/** What a unit uses of one GPU. */
export interface GpuUnitReading extends GpuIdentity {
  /** Name of the unit; empty for processes of none. */
  readonly unit: string;
  /** Whose manager the unit is in: undefined is the system's. */
  readonly user: string | undefined;
  /** First 12 digits of the id of the container that its processes run in; undefined: in none. */
  readonly container?: string | undefined;
  readonly processes: number;
  readonly memoryBytes: number | undefined;
  /** Seconds that its processes kept engines busy, by the driver's names. */
  readonly engineSeconds: Values<string>;
}
