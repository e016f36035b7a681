import type { Circumstances, Known } from '../../../src/domain/circumstances.ts';
import type { Quantity } from '../../../src/domain/condition.ts';
import type { PolicySet } from '../../../src/domain/policy.ts';
import { createRehearsal } from '../../../src/managers/rehearsal.ts';
import { RAILS } from '../../../src/policy/rails.ts';
import { openLedger } from '../../../src/remediator/ledger.ts';
import { type Remediator, startRemediator } from '../../../src/remediator/remediator.ts';
import { createDisk, type Disk } from '../../campaign/disk.ts';
import { type Asked, createSimManager, type Moods } from '../../campaign/manager.ts';
import { createTime, type WorldTime } from '../../campaign/time.ts';
import { createUnits, type Units } from '../../campaign/units.ts';
import { circumstances } from '../../fakes/repairs.ts';

/** Who fettle is, among those whose events there are. */
const FETTLE = 1;

/** A simulated machine with the real remediator on it, and what a story can change there. */
export interface Machine {
  readonly time: WorldTime;
  readonly units: Units;
  readonly moods: Moods;
  readonly disk: Disk;
  /** What was asked of the service manager that changes something, in order. */
  readonly asked: readonly Asked[];
  /** What conditions read. */
  readonly quantities: Map<Quantity, number>;
  /** Whether the one probe that matters succeeds. */
  probeSucceeds: boolean;
  blockingXids: readonly {
    readonly pciAddress: string;
    readonly code: number;
    readonly asks: 'reset' | 'reboot';
  }[];
  /** Processes with memory on a GPU: those of the unit, and all. */
  gpuProcesses: { readonly ofUnit: readonly number[]; readonly all: readonly number[] };
  /** Called before the service manager does something: whoever tells of it, and what a story makes of it. */
  onAsked: (asked: Asked) => void;
  follows: (asked: Asked) => void;
  readonly remediator: Remediator;
}

/** What the machine consists of. */
export interface MachineOptions {
  readonly units: readonly string[];
  /** Units that run to their end. */
  readonly oneshots: readonly string[];
  readonly policies: PolicySet;
}

/** Starts the remediator with these policies on a machine on which all is well. */
export async function startMachine({ units: names, oneshots, policies }: MachineOptions): Promise<Machine> {
  const time = createTime();
  const disk = createDisk(time, () => undefined);
  const all = [...names, ...oneshots].map((name) => [name] as const);
  const units = createUnits(time, all, oneshots);
  for (const unit of units.all) unit.limits = { ...unit.limits, IOWeight: '100' };
  const moods: Moods = { jobs: 'prompt', looks: 'prompt' };
  const asked: Asked[] = [];
  const manager = createSimManager({
    time,
    units,
    moods,
    owner: FETTLE,
    onAsked(one) {
      asked.push(one);
      machine.onAsked(one);
      machine.follows(one);
    },
  });
  // The ledger is empty, so reading it takes no time.
  const ledger = await openLedger(disk.filesOf(FETTLE), time.moment);
  let ids = 0;
  const known = <T>(value: T): Known<T> => ({ known: true, value });
  const machine = {
    time,
    units,
    moods,
    disk,
    asked,
    quantities: new Map<Quantity, number>(),
    probeSucceeds: true,
    blockingXids: [] as Machine['blockingXids'],
    gpuProcesses: { ofUnit: [], all: [] } as Machine['gpuProcesses'],
    onAsked: (_asked: Asked): void => undefined,
    follows: (_asked: Asked): void => undefined,
  };
  const remediator = await startRemediator({
    ledger,
    policies: () => policies,
    rails: RAILS,
    manager,
    rehearsal: createRehearsal(manager),
    circumstances: async ({ policy }): Promise<Circumstances> =>
      circumstances({
        blockingXids: known(machine.blockingXids),
        quantities: new Map([...machine.quantities].map(([name, value]) => [name, known(value)])),
        probeSuccess: policy.verify.probe === undefined ? undefined : known(machine.probeSucceeds),
      }),
    witnesses: {
      probe: async () => known(machine.probeSucceeds),
      gpuProcessesOf: async () => known(machine.gpuProcesses.ofUnit),
      gpuProcesses: async () => known(machine.gpuProcesses.all),
    },
    evidence: async () => 'hash',
    pause: async () => known(undefined),
    clock: time.clockOf(FETTLE),
    moment: time.moment,
    createId: () => `n${++ids}`,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return Object.assign(machine, { remediator });
}
