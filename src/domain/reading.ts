import type { CgroupValues } from './cgroup.ts';
import type { ManagerReading } from './manager.ts';
import type { ActiveState } from './unit.ts';
import type { UnitEventCounts } from './unit-events.ts';

/** What systemd says about one unit. Times are Unix seconds, 0 if it never happened; undefined is unknown. */
export interface UnitReading {
  readonly name: string;
  readonly type: string;
  /** `loaded`, `not-found`, `masked` and so on; what is not loaded has nothing to say beyond that. */
  readonly loadState: string;
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
  /** Timers only. */
  readonly timer: TimerReading | undefined;
  /** Sockets only. */
  readonly socket: SocketReading | undefined;
  /** Result of the last run in systemd's words; undefined for types that have none. */
  readonly result: string | undefined;
  /** Path below the cgroup root, as in `/system.slice/ssh.service`; undefined while the unit has none. */
  readonly controlGroup: string | undefined;
  /** What is known of its file; not there until it has been read, within a minute. */
  readonly file?: FileReading;
  /** What has been counted of it; not there until it is under watch. */
  readonly events?: UnitEventCounts;
}

/** What systemd says about a unit's file. */
export interface FileReading {
  /** `enabled`, `static`, `masked` and so on; empty for units without a file. */
  readonly state: string;
  /** Whether the file has changed since systemd read it. */
  readonly needsReload: boolean;
}

/** What only services have. */
export interface ServiceReading {
  /** `simple`, `notify`, `oneshot` and so on. */
  readonly type: string;
  /** Automatic restarts since the last start by hand (`NRestarts`). */
  readonly restarts: number;
  /** Exit status of the main process when it last ended by itself; undefined if a signal ended it, or never. */
  readonly exitStatus: number | undefined;
  /** Signal that last ended the main process; undefined if it ended by itself, or never. */
  readonly exitSignal: number | undefined;
}

/** IP traffic of one service since it was started; undefined is unknown. */
export interface IpReading {
  readonly unit: string;
  readonly values: {
    readonly ingressBytes: number | undefined;
    readonly egressBytes: number | undefined;
    readonly ingressPackets: number | undefined;
    readonly egressPackets: number | undefined;
  };
}

/** What only timers have. Times are Unix seconds. */
export interface TimerReading {
  /** 0 if it has never triggered. */
  readonly lastTriggerSeconds: number | undefined;
  /** Undefined if nothing is planned. */
  readonly nextElapseSeconds: number | undefined;
}

/** What only sockets have. */
export interface SocketReading {
  readonly accepted: number | undefined;
  readonly connections: number | undefined;
  readonly refused: number | undefined;
}

/** All units at one moment, and whether systemd is answering. */
export interface SystemdReading {
  readonly up: boolean;
  /** Undefined until it has been read. */
  readonly manager: ManagerReading | undefined;
  readonly units: readonly UnitReading[];
}

/** What the manager of one user says. */
export interface UserReading {
  /** Name of the user, or the number of one without a name. */
  readonly user: string;
  readonly systemd: SystemdReading;
}

/** What the kernel accounts to one unit's cgroup. */
export interface CgroupReading {
  /** Whose manager the unit is in; undefined: the system's. */
  readonly user: string | undefined;
  readonly unit: string;
  readonly type: string;
  readonly values: CgroupValues;
}

/** What the remediator has seen and done, summed over its ledger. */
export interface RemediatorReading {
  readonly decisions: readonly DecisionCount[];
  readonly repairs: readonly RepairCount[];
  /** Seconds that the steps of a policy took, their proof included. */
  readonly seconds: readonly { readonly policy: string; readonly action: string; readonly seconds: number }[];
  readonly endings: readonly EndingCount[];
  readonly alerts: readonly AlertCount[];
  /** Of each policy and each unit that it allows. */
  readonly openCircuits: readonly {
    readonly policy: string;
    readonly unit: string;
    readonly isOpen: boolean;
  }[];
  /** Of each policy and each unit that it allows. */
  readonly underRepair: readonly UnitUnderRepair[];
  /** Of the whole machine, each window. */
  readonly budget: readonly BudgetUse[];
  readonly stepsUnderWay: number;
  /** Cases that have not come to their end. */
  readonly queueLength: number;
  /** Of the case that was taken in first; 0 if there is none. */
  readonly oldestCaseSeconds: number;
  /** Changes that are to be undone once their alerts are over. */
  readonly toUndo: number;
  /** Also if it is not known: then nothing is done, either. */
  readonly isPaused: boolean;
  readonly ledgerErrors: number;
  readonly lastRepairSeconds: number | undefined;
}

/** Whether a policy is in the middle of repairing a unit. */
export interface UnitUnderRepair {
  readonly policy: string;
  readonly unit: string;
  readonly isUnderWay: boolean;
}

/** How often a policy's cases ended so. */
export interface EndingCount {
  readonly policy: string;
  readonly ending: string;
  readonly count: number;
}

/** How much of a budget is used. */
export interface BudgetUse {
  readonly windowSeconds: number;
  readonly limit: number;
  readonly used: number;
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
