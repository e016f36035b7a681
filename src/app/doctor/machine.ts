import { messageOf } from '../../domain/errors.ts';
import { type Finding, warn } from '../../domain/finding.ts';
import type { GpuInventory, Inventory } from '../../domain/inventory.ts';
import type { MachineReading } from '../../domain/machine.ts';
import { basicInventory } from '../../host/inventory.ts';

/** What a machine is, for people. */
export interface MachineDescription extends Inventory {
  /** As in `systemd 252.39`; empty if nobody tells. */
  readonly init: string;
  /** As in `v2`; empty if there are none. */
  readonly cgroups: string;
}

/** What was found out on several ways. */
export interface MachineEvidence {
  /** What the child has told, or why it has not. */
  readonly inventory: Inventory | { readonly problem: string };
  /** What fettle reads itself; undefined where it cannot. */
  readonly reading: MachineReading | undefined;
  readonly gpus: readonly GpuInventory[] | undefined;
  readonly virtualisation: string | undefined;
  readonly init: string;
  readonly cgroups: string;
}

/** Puts together what is known; what fettle has read itself comes first, since it never waits for a program. */
export function machineDescription(evidence: MachineEvidence): MachineDescription {
  const { reading, gpus, virtualisation, init, cgroups } = evidence;
  const told = 'problem' in evidence.inventory ? basicInventory() : evidence.inventory;
  return {
    ...told,
    virtualisation: virtualisation || told.virtualisation,
    memory: { ...told.memory, ...memoryOf(reading) },
    fileSystems: reading?.fileSystems.map(fileSystemOf) ?? told.fileSystems,
    gpus: gpus ?? told.gpus,
    init,
    cgroups,
  };
}

function memoryOf(reading: MachineReading | undefined): Inventory['memory'] {
  const names = [
    ['totalBytes', 'memory.total'],
    ['availableBytes', 'memory.available'],
    ['freeBytes', 'memory.free'],
    ['swapTotalBytes', 'swap.total'],
    ['swapFreeBytes', 'swap.free'],
  ] as const;
  const values = names.map(([name, value]) => [name, reading?.values[value]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function fileSystemOf(found: MachineReading['fileSystems'][number]): Inventory['fileSystems'][number] {
  const { sizes, ...rest } = found;
  return { ...rest, sizeBytes: sizes?.sizeBytes, availableBytes: sizes?.availableBytes };
}

/** Told where the child had no inventory; nothing but the description is poorer for it. */
export function inventoryFinding({ inventory }: MachineEvidence): readonly Finding[] {
  if (!('problem' in inventory)) return [];
  const mend = 'Try fettle doctor --inventory --json: a program that it runs (lscpu, df, hostname) may hang';
  return [{ check: 'inventory', ...warn(inventory.problem, mend) }];
}

/** What came of the child. */
export async function inventoryOrProblem(
  read: () => Promise<Inventory>,
): Promise<MachineEvidence['inventory']> {
  try {
    return await read();
  } catch (thrown) {
    return { problem: messageOf(thrown) };
  }
}
