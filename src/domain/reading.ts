import type { CgroupValues } from './cgroup.ts';
import type { ActiveState } from './unit.ts';

/** What systemd says about one loaded unit. Times are Unix seconds, 0 if it never happened; undefined is unknown. */
export interface UnitReading {
  readonly name: string;
  readonly type: string;
  readonly activeState: ActiveState;
  readonly subState: string;
  readonly activeEnterSeconds: number | undefined;
  readonly activeExitSeconds: number | undefined;
  readonly inactiveEnterSeconds: number | undefined;
  readonly inactiveExitSeconds: number | undefined;
  /** Services only. */
  readonly service: ServiceReading | undefined;
  /** Mounts only: the file system's type. */
  readonly mountType: string | undefined;
  /** Path below the cgroup root, as in `/system.slice/ssh.service`; undefined while the unit has none. */
  readonly controlGroup: string | undefined;
}

/** What only services have. */
export interface ServiceReading {
  /** `simple`, `notify`, `oneshot` and so on. */
  readonly type: string;
  /** Automatic restarts since the last start by hand (`NRestarts`). */
  readonly restarts: number;
}

/** All units at one moment, and whether systemd is answering. */
export interface SystemdReading {
  readonly up: boolean;
  readonly units: readonly UnitReading[];
}

/** What the kernel accounts to one unit's cgroup. */
export interface CgroupReading {
  readonly unit: string;
  readonly type: string;
  readonly values: CgroupValues;
}

/** One thermal zone of the kernel. */
export interface ThermalZoneReading {
  /** Number of the zone's folder: types repeat, numbers do not. */
  readonly zone: string;
  readonly type: string;
  readonly celsius: number | undefined;
}

/** What the remediator has seen and done, summed over its ledger. */
export interface RemediatorReading {
  readonly decisions: readonly DecisionCount[];
  readonly repairs: readonly RepairCount[];
  readonly alerts: readonly AlertCount[];
  readonly queueLength: number;
  readonly ledgerErrors: number;
  readonly lastRepairSeconds: number | undefined;
}

/** How often a policy decided so. `reason` is empty unless the decision is a refusal. */
export interface DecisionCount {
  readonly policy: string;
  readonly decision: string;
  readonly reason: string;
  readonly count: number;
}

/** How often a policy's action ended so. */
export interface RepairCount {
  readonly policy: string;
  readonly action: string;
  readonly result: string;
  readonly count: number;
}

/** How often an alert in a notification was taken so. */
export interface AlertCount {
  readonly outcome: string;
  readonly count: number;
}
