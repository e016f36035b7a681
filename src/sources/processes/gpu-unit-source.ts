import type { GpuReading, GpuUnitReading } from '../../domain/gpu.ts';
import type { GpuProcessReading } from '../../domain/gpu-process.ts';
import { gpuProcesses, gpuUnits, type UnitOf } from './gpu-units.ts';
import { lookUpUnits, type Turns } from './look-up.ts';

/** Who uses GPUs whose drivers list processes. */
export interface GpuUsers {
  readonly units: readonly GpuUnitReading[];
  readonly processes: readonly GpuProcessReading[];
}

/** Finds who uses these GPUs. For the very same list it gives the very same answer, without looking again. */
export type GpuUserReader = (gpus: readonly GpuReading[]) => Promise<GpuUsers>;

/** Gives a reader. To be asked once GPUs have been read, while their processes are still there. */
export function createGpuUserReader(unitOf: UnitOf, turns: Turns): GpuUserReader {
  let last: { readonly gpus: readonly GpuReading[]; readonly users: Promise<GpuUsers> } | undefined;
  let before: readonly GpuUnitReading[] = [];

  async function look(gpus: readonly GpuReading[]): Promise<GpuUsers> {
    const pids = gpus.flatMap(({ processes = [] }) => processes.map(({ pid }) => pid));
    const found = await lookUpUnits(pids, unitOf, turns);
    before = withUnchanged(before, gpuUnits(gpus, found));
    return { units: before, processes: gpuProcesses(gpus, found) };
  }

  return (gpus) => {
    if (last?.gpus !== gpus) last = { gpus, users: look(gpus) };
    return last.users;
  };
}

/** Those readings that say what one before has said are that one again. */
function withUnchanged(
  before: readonly GpuUnitReading[],
  now: readonly GpuUnitReading[],
): readonly GpuUnitReading[] {
  const known = new Map(before.map((reading) => [keyOf(reading), reading]));
  return now.map((reading) => {
    const last = known.get(keyOf(reading));
    const isSame = last?.processes === reading.processes && last.memoryBytes === reading.memoryBytes;
    return isSame ? last : reading;
  });
}

function keyOf({ gpu, uuid, pciBusId, user, unit, container }: GpuUnitReading): string {
  return `${gpu}/${uuid}/${pciBusId}/${user ?? ''}/${unit}/${container ?? ''}`;
}
