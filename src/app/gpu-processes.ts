import type { Known } from '../domain/circumstances.ts';
import type { GpuReading } from '../domain/gpu.ts';
import type { Unit } from '../domain/unit.ts';
import { isHiddenProcess } from '../host/processes/process-names.ts';
import { needsNvidia } from '../sources/circumstances/heat.ts';
import type { UnitGpuProcess } from '../sources/evidence/parts.ts';
import type { UnitOf } from '../sources/processes/gpu-units.ts';
import type { GpuLook, NvidiaLook } from './gpu-look.ts';
import { flatWithin } from './known.ts';

/** Finds which processes have memory on NVIDIA GPUs. Without such a GPU there are none. Never throws. */
export interface GpuProcesses {
  /** Those of a unit now. */
  of(unit: Unit, signal: AbortSignal): Promise<Known<readonly number[]>>;
  /** Those of all units, and of none. */
  all(signal: AbortSignal): Promise<Known<readonly number[]>>;
  /** Those of a unit, by what the driver said some seconds ago at most. */
  recentOf(unit: Unit): Promise<Known<readonly UnitGpuProcess[]>>;
}

/** nvidia-smi is given 2 s, and some to end. */
const LIMIT_MS = 2000;

/** Circumstances are read right before. */
const RECENT_MS = 5000;

const WHAT = 'reading the processes on GPUs';

/** Gives the finder; `unitOf` finds units by cgroups. */
export function createGpuProcesses(look: GpuLook, unitOf: UnitOf): GpuProcesses {
  async function listed(ask: () => Promise<Known<NvidiaLook>>): Promise<Known<readonly UnitGpuProcess[]>> {
    if (!(await look.pci()).some(needsNvidia)) return { known: true, value: [] };
    const found = await ask();
    return found.known ? processesOf(found.value.gpus) : found;
  }

  async function own(
    unit: Unit,
    ask: () => Promise<Known<NvidiaLook>>,
  ): Promise<Known<readonly UnitGpuProcess[]>> {
    const found = await listed(ask);
    return found.known ? ofUnit(unit, found.value, unitOf) : found;
  }

  return {
    of: (unit, signal) =>
      flatWithin(WHAT, LIMIT_MS, signal, async () => pidsOf(await own(unit, () => look.nvidia()))),
    all: (signal) =>
      flatWithin(WHAT, LIMIT_MS, signal, async () => pidsOf(await listed(() => look.nvidia()))),
    recentOf: (unit) => own(unit, () => look.recentNvidia(RECENT_MS)),
  };
}

function pidsOf(found: Known<readonly UnitGpuProcess[]>): Known<readonly number[]> {
  return found.known ? { known: true, value: [...new Set(found.value.map(({ pid }) => pid))] } : found;
}

function processesOf(gpus: readonly GpuReading[]): Known<readonly UnitGpuProcess[]> {
  const silent = gpus.find(({ processes }) => processes === undefined);
  if (silent !== undefined) {
    return { known: false, why: `NVIDIA's driver does not list the processes of GPU ${silent.pciBusId}` };
  }
  const value = gpus.flatMap(({ gpu, pciBusId, processes = [] }) =>
    processes.map((one) => ({ gpu, pciBusId, ...one })),
  );
  return { known: true, value };
}

/** A process that is hidden may be one of the unit. One that has ended meanwhile is none. */
function ofUnit(
  unit: Unit,
  all: readonly UnitGpuProcess[],
  unitOf: UnitOf,
): Known<readonly UnitGpuProcess[]> {
  const hidden = all.find(({ pid }) => unitOf(pid) === undefined && isHiddenProcess(pid));
  if (hidden !== undefined) {
    const mend = 'mount procfs without hidepid for fettle (ProtectProc=default)';
    return { known: false, why: `procfs hides process ${hidden.pid}, which uses a GPU: ${mend}` };
  }
  const names = [unit.ref.name, unit.id, ...unit.names];
  const value = all.filter(({ pid }) => {
    const found = unitOf(pid);
    return found?.scope === 'system' && names.includes(found.unit);
  });
  return { known: true, value };
}
