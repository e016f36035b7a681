import type { GpuReading } from './gpu.ts';

/** What a Jetson tells of itself beyond what every machine does. */
export interface JetsonReading {
  /** Its GPU, which is a part of the chip; none while the driver has not come up. */
  readonly gpus: readonly GpuReading[];
  readonly rails: readonly JetsonRail[];
  /** Undefined where no mode has been set. */
  readonly powerMode: JetsonPowerMode | undefined;
  /** Whether clocks are held at one frequency, as the program jetson_clocks does; undefined without a GPU. */
  readonly clocksLocked: boolean | undefined;
  /** How busy the memory is, from 0 to 1; only root can know. */
  readonly emcUtilization: number | undefined;
}

/** One supply whose current is measured. */
export interface JetsonRail {
  /** As on the board, such as `VDD_GPU_SOC`; no two are the same. */
  readonly rail: string;
  readonly watts: number | undefined;
  readonly volts: number | undefined;
  readonly amperes: number | undefined;
  /** Whether the current is above a limit of the sensor. */
  readonly alarm: boolean | undefined;
}

/** A mode of nvpmodel. */
export interface JetsonPowerMode {
  readonly id: string;
  /** As in `MAXN`; empty if it is not known. */
  readonly name: string;
}
