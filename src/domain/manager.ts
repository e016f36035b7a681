/** What systemd says about itself. */
export interface ManagerReading {
  /** As in `252.38-1~deb12u1`. */
  readonly version: string;
  /** `running`, `degraded`, `starting` and so on. */
  readonly systemState: string;
  /** Jobs that are queued or running. */
  readonly jobs: number;
  /** Stages of the boot that have happened; a container has no firmware, and few machines all of them. */
  readonly bootStages: readonly BootStageReading[];
  /** Undefined if this systemd does not say which watchdog it feeds. */
  readonly watchdog: WatchdogReading | undefined;
}

/** When a stage of the boot was reached, as far as it is known. */
export interface BootStageReading {
  /** In systemd's words, as in `Kernel` or `UnitsLoadStart`. */
  readonly stage: string;
  /** Seconds from the kernel's start; for `Firmware` and `Loader`, which were before it, back to them. */
  readonly monotonicSeconds: number | undefined;
  /** Unix seconds. */
  readonly timeSeconds: number | undefined;
}

/** The hardware watchdog that resets the machine when systemd itself hangs. */
export interface WatchdogReading {
  /** As in `/dev/watchdog0`; empty if there is none. */
  readonly device: string;
  /** On the machine's monotonic clock; undefined before the first ping. */
  readonly lastPingMonotonicSeconds: number | undefined;
  /** Unix seconds; undefined before the first ping. */
  readonly lastPingSeconds: number | undefined;
  /** The machine is reset so long after the last ping: 0 is never, undefined is up to the device. */
  readonly runtimeSeconds: number | undefined;
}
