import type { CgroupValues } from '../../domain/cgroup.ts';
import type { Known } from '../../domain/circumstances.ts';
import type { GpuProcess } from '../../domain/gpu.ts';
import type { JournalMessage } from '../../domain/journal.ts';
import type { KernelNotice, XidCount } from '../../domain/kernel-log.ts';
import type { Unit } from '../../domain/unit.ts';

/** What is kept of a unit and its machine from right before a repair. */
export interface EvidenceParts {
  readonly takenAt: Date;
  readonly unit: Unit;
  readonly properties: Known<UnitProperties>;
  /** Undefined: it has none, since nothing of it runs. */
  readonly cgroup: Known<CgroupValues | undefined>;
  readonly gpuProcesses: Known<readonly UnitGpuProcess[]>;
  readonly journal: Known<UnitJournal>;
  /** Of this boot, those that have come. */
  readonly xids: Known<readonly XidCount[]>;
  /** Oldest first. */
  readonly kernel: Known<readonly KernelNotice[]>;
}

/** Properties by systemd's names. */
export type UnitProperties = Readonly<Record<string, string | number | boolean>>;

/** A process of the unit, and the GPU that it uses. */
export interface UnitGpuProcess extends GpuProcess {
  readonly gpu: string;
  readonly pciBusId: string;
}

/** What the unit has said last, oldest first. */
export interface UnitJournal {
  readonly messages: readonly JournalMessage[];
  /** Messages that were too long to be read. */
  readonly tooLong: number;
  /** Whether there may be more that this user may not see. */
  readonly isPartial: boolean;
}
