import type { GpuIdentity, GpuProcess, GpuReading, GpuUnitReading } from '../domain/gpu.ts';
import { systemClock, yieldTurn } from '../host/clock.ts';
import { readUserNames } from '../host/processes/user-names.ts';
import { createDrmUnitReader } from '../sources/drm/unit-source.ts';
import { createGpuUserReader, type GpuUsers } from '../sources/processes/gpu-unit-source.ts';
import { createProcessUnits } from '../sources/processes/process-units.ts';

/** A unit that uses a GPU, or all processes that are in none. */
export interface GpuUser {
  /** Empty for processes of no unit; undefined for those of which that could not be found out. */
  readonly unit: string | undefined;
  /** Whose manager the unit is in: undefined is the system's. */
  readonly user: string | undefined;
  /** First 12 digits of the id of the container that its processes run in; undefined: in none. */
  readonly container?: string | undefined;
  readonly processes: number;
  /** Bytes of the GPU's memory; undefined if it is not known of one of them. */
  readonly memoryBytes: number | undefined;
  /** The processes one by one; none where the driver does not list them. */
  readonly list: readonly GpuProcess[];
}

/** Finds who uses GPUs. */
export interface GpuUserLooks {
  /** Of GPUs whose drivers list processes, while those are still there. */
  ofListed(gpus: readonly GpuReading[]): Promise<GpuUsers>;
  /** Of GPUs whose drivers tell it to who looks into processes. Throws Failure `unreadable`, or what aborts. */
  ofOpened(gpus: readonly GpuIdentity[], signal: AbortSignal): Promise<readonly GpuUnitReading[]>;
}

/** No unit can have this name: it stands for what is not known. */
const UNKNOWN = '?';

/** Units are found by the cgroups in procfs. */
export async function createGpuUserLooks(procfs: string): Promise<GpuUserLooks> {
  const names = await readUserNames().catch(() => new Map<number, string>());
  const userName = (uid: number) => names.get(uid) ?? String(uid);
  const { elapsedMs } = systemClock;
  const processes = createProcessUnits({ procfs, userName, clock: systemClock });
  const unitOf = (pid: number) => processes.unitOf(pid) ?? ({ unit: UNKNOWN, scope: 'system' } as const);
  let opened: readonly GpuIdentity[] = [];
  const readOpened = createDrmUnitReader({ procfs, elapsedMs, yieldTurn, gpus: () => opened, unitOf });
  return {
    ofListed: createGpuUserReader(unitOf, { elapsedMs, yieldTurn }),
    async ofOpened(gpus, signal) {
      opened = gpus;
      return await readOpened(signal);
    },
  };
}

/** The users of one GPU, of those of all; a unit that has used it and does no more is none. */
export function usersOf(gpu: GpuIdentity, { units, processes }: GpuUsers): readonly GpuUser[] {
  return units
    .filter((one) => isSame(one, gpu) && one.processes > 0)
    .map(({ unit, user, container, processes: count, memoryBytes }) => ({
      unit: unit === UNKNOWN ? undefined : unit,
      user,
      container,
      processes: count,
      memoryBytes,
      list: processes
        .filter(
          (one) =>
            one.gpu === gpu.gpu &&
            one.uuid === gpu.uuid &&
            one.unit === unit &&
            one.user === user &&
            one.container === container,
        )
        .map(({ process }) => process),
    }));
}

function isSame(one: GpuIdentity, other: GpuIdentity): boolean {
  return one.vendor === other.vendor && one.gpu === other.gpu && one.pciBusId === other.pciBusId;
}
