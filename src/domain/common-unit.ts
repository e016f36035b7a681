import type { ManagerName } from './unit.ts';

/** What every service manager can tell of a unit; undefined is not known. */
export interface CommonUnitReading {
  readonly manager: ManagerName;
  /** A unit's name, `DOMAIN/LABEL` of a job, or a daemon's name. */
  readonly name: string;
  /** Whose manager of systemd it is in; undefined is the system's, and all others. */
  readonly user?: string | undefined;
  /** Whether it runs; undefined also if it does not, and need not. */
  readonly up: boolean | undefined;
  /** Starts after the first, as far as they have been seen; undefined also where each run begins with a start. */
  readonly restarts: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly cpuSeconds: number | undefined;
  /** Unix seconds. */
  readonly startSeconds: number | undefined;
}
