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
 * would be too low. Processes of no unit are in the empty one; those of which nobody knows, because they have ended or
 * may not be looked at, are left out. Each container is told by itself: by the driver cgroupfs it is in no unit.
 */
export function gpuUnits(gpus: readonly GpuReading[], unitOf: UnitOf): readonly GpuUnitReading[] {
  return gpus.flatMap((gpu) => unitsOfGpu(gpu, unitOf));
}

/** A process by itself is told all the same. */
const NOT_KNOWN: ProcessUnit = { unit: '', scope: 'system' };

/** Each process on each GPU, once, with its unit; the unit is empty if there is none, or nobody knows it. */
export function gpuProcesses(gpus: readonly GpuReading[], unitOf: UnitOf): readonly GpuProcessReading[] {
  return gpus.flatMap((reading) =>
    oncePerPid(reading).map((process) => {
      const { unit, user, container } = placeOf(process.pid, unitOf) ?? NOT_KNOWN;
      const { gpu, uuid, pciBusId } = reading;
      return { gpu, uuid, pciBusId, unit, user, container, process };
    }),
  );
}

function unitsOfGpu(gpu: GpuReading, unitOf: UnitOf): readonly GpuUnitReading[] {
  const byUnit = new Map<string, GpuUnitReading>();
  for (const { pid, memoryBytes } of oncePerPid(gpu)) {
    const found = placeOf(pid, unitOf);
    if (found === undefined) continue;
    const key = `${found.user ?? ''}/${found.unit}/${found.container ?? ''}`;
    const before = byUnit.get(key) ?? emptyOf(gpu, found);
    byUnit.set(key, {
      ...before,
      processes: before.processes + 1,
      memoryBytes: sum(before.memoryBytes, memoryBytes),
    });
  }
  return [...byUnit.values()];
}

/** So many digits of an id are shown by what runs containers; two that have them in common are told as one. */
const ID_DIGITS = 12;

/** Where a process is; its container by the beginning of its id. */
export function placeOf(pid: number, unitOf: UnitOf): ProcessUnit | undefined {
  const found = unitOf(pid);
  if (found?.container === undefined) return found;
  return { ...found, container: found.container.slice(0, ID_DIGITS) };
}

function emptyOf(gpu: GpuIdentity, { unit, user, container }: ProcessUnit): GpuUnitReading {
  const identity = { gpu: gpu.gpu, uuid: gpu.uuid, vendor: gpu.vendor, pciBusId: gpu.pciBusId };
  return { ...identity, unit, user, container, processes: 0, memoryBytes: 0, engineSeconds: {} };
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
