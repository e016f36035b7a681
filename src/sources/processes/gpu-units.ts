import type { GpuIdentity, GpuProcess, GpuReading, GpuUnitReading } from '../../domain/gpu.ts';
import type { GpuProcessReading } from '../../domain/gpu-process.ts';
import type { ProcessUnit } from './unit-of-cgroup.ts';

/** Gives the unit of a process, or undefined if it is not known. */
export type UnitOf = (pid: number) => ProcessUnit | undefined;

/**
 * What each unit uses of each GPU: its processes, and the sum of their memory.
 *
 * A process that the driver lists more than once (as computing and as drawing, or for several instances of a divided
 * GPU) is one process. Memory is unknown for a unit as long as it is for one of its processes: a sum of the others
 * would be too low. Processes that nobody knows anymore are in no unit, the empty one.
 */
export function gpuUnits(gpus: readonly GpuReading[], unitOf: UnitOf): readonly GpuUnitReading[] {
  return gpus.flatMap((gpu) => unitsOfGpu(gpu, unitOf));
}

/** Each process on each GPU, once, with its unit. */
export function gpuProcesses(gpus: readonly GpuReading[], unitOf: UnitOf): readonly GpuProcessReading[] {
  return gpus.flatMap((reading) =>
    oncePerPid(reading).map((process) => {
      const { unit, user } = unitOf(process.pid) ?? { unit: '', user: undefined };
      return { gpu: reading.gpu, uuid: reading.uuid, unit, user, process };
    }),
  );
}

function unitsOfGpu(gpu: GpuReading, unitOf: UnitOf): readonly GpuUnitReading[] {
  const byUnit = new Map<string, GpuUnitReading>();
  for (const { pid, memoryBytes } of oncePerPid(gpu)) {
    const { unit, user } = unitOf(pid) ?? { unit: '', user: undefined };
    const key = `${user ?? ''}/${unit}`;
    const before = byUnit.get(key) ?? emptyOf(gpu, unit, user);
    byUnit.set(key, {
      ...before,
      processes: before.processes + 1,
      memoryBytes: sum(before.memoryBytes, memoryBytes),
    });
  }
  return [...byUnit.values()];
}

function emptyOf(gpu: GpuIdentity, unit: string, user: string | undefined): GpuUnitReading {
  const identity = { gpu: gpu.gpu, uuid: gpu.uuid, vendor: gpu.vendor, pciBusId: gpu.pciBusId };
  return { ...identity, unit, user, processes: 0, memoryBytes: 0, engineSeconds: {} };
}

function oncePerPid({ processes = [], mig }: GpuReading): readonly GpuProcess[] {
  const byPid = new Map<number, GpuProcess>();
  for (const process of processes) {
    const before = byPid.get(process.pid);
    byPid.set(process.pid, before === undefined ? process : merged(before, process, mig.length > 0));
  }
  return [...byPid.values()];
}

/**
 * One process of two rows.
 *
 * Rows for computing and for drawing tell the same memory, so the larger is meant; rows of the same kind are for
 * instances of a divided GPU, which have each its own.
 */
function merged(one: GpuProcess, other: GpuProcess, isDivided: boolean): GpuProcess {
  if (isDivided && one.type === other.type) {
    return { ...one, memoryBytes: sum(one.memoryBytes, other.memoryBytes) };
  }
  const known = [one.memoryBytes, other.memoryBytes].filter((bytes) => bytes !== undefined);
  return { ...one, memoryBytes: known.length === 0 ? undefined : Math.max(...known) };
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}
