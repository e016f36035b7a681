import type { Finding } from '../domain/finding.ts';
import { withinLimit } from '../domain/limit.ts';
import { readInventoryOf } from '../sources/inventory/source.ts';
import { readCgroupMounts } from './doctor/cgroups.ts';
import { CGROUP_ROOT, doctorChecks } from './doctor/checks.ts';
import {
  type DoctorOptions,
  type Evidence,
  gatherEvidence,
  initName,
  readMachine,
} from './doctor/evidence.ts';
import { examine } from './doctor/examine.ts';
import { gpuInventory, type TellGpuProblems } from './doctor/gpus.ts';
import {
  inventoryFinding,
  inventoryOrProblem,
  type MachineDescription,
  type MachineEvidence,
  machineDescription,
} from './doctor/machine.ts';

export type { DoctorOptions } from './doctor/evidence.ts';

/** What was found out about a box. */
export interface Examination {
  readonly machine: MachineDescription;
  readonly findings: readonly Finding[];
}

/** Mounts and disks answer at once, or not. */
const MACHINE_LIMIT_MS = 5000;

/** As long as the check of GPUs may take. */
const GPU_LIMIT_MS = 20_000;

/** Describes the machine and checks what fettle needs; changes nothing, and ends within half a minute. */
export async function examineBox(
  options: DoctorOptions,
  tellGpuProblems: TellGpuProblems,
): Promise<Examination> {
  const evidence = gatherEvidence(options);
  const [findings, found] = await Promise.all([
    examine(doctorChecks(options, evidence, tellGpuProblems), options.signal),
    describe(options, evidence),
  ]);
  return { machine: machineDescription(found), findings: [...findings, ...inventoryFinding(found)] };
}

async function describe(options: DoctorOptions, evidence: Evidence): Promise<MachineEvidence> {
  const [inventory, reading, gpus, systemd] = await Promise.all([
    inventoryOrProblem(() => readInventoryOf(options.inventory, options.signal)),
    options.platform === 'linux'
      ? orUndefined(MACHINE_LIMIT_MS, () => readMachine(options, evidence.files))
      : undefined,
    orUndefined(GPU_LIMIT_MS, () => evidence.gpus),
    evidence.systemd,
  ]);
  return {
    inventory,
    reading,
    gpus: gpus && gpuInventory(gpus),
    virtualisation: 'state' in systemd ? systemd.state.virtualisation : undefined,
    init: 'state' in systemd ? `systemd ${systemd.state.version}` : initOf(options),
    cgroups: options.platform === 'linux' ? (readCgroupMounts(CGROUP_ROOT, undefined).version ?? '') : '',
  };
}

function initOf({ platform, config }: DoctorOptions): string {
  return platform === 'darwin' ? 'launchd' : initName(config.exporter.procfs);
}

/** What could not be had in time is left out here; the checks say why. */
async function orUndefined<T>(limitMs: number, work: () => Promise<T>): Promise<T | undefined> {
  return await withinLimit('looking at the machine', limitMs, undefined, work).catch(() => undefined);
}
