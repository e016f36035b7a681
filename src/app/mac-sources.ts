import type { GpuReading } from '../domain/gpu.ts';
import type { Log } from '../domain/log.ts';
import type { MachineReading } from '../domain/machine.ts';
import { startBackground } from '../host/background.ts';
import { systemClock } from '../host/clock.ts';
import { readLoad } from '../host/load.ts';
import type { ChildCommand } from '../host/programs/child-process.ts';
import { readInventoryOf } from '../sources/inventory/source.ts';
import { macGpus, macReading } from '../sources/machine/mac.ts';

/** What a Mac tells; nothing here waits for a program. */
export interface MacSources {
  machine(wantsMountpoint: (mountpoint: string) => boolean): MachineReading;
  gpus(): readonly GpuReading[];
  /** Settles when the first inventory has been taken, or could not be. */
  readonly first: Promise<void>;
  stop(): void;
}

/** The inventory starts some ten programs, one of which takes seconds (`system_profiler`). */
const EVERY_MS = 60_000;

/** The child has 10 s, and some to end. */
const LIMIT_MS = 12_000;

/** Starts to take the inventory in the background, by a child; load and CPU time are read when they are asked for. */
export function startMacSources(inventory: ChildCommand, log: Log): MacSources {
  const background = startBackground({
    what: 'taking the inventory of this Mac',
    read: (signal) => readInventoryOf(inventory, signal),
    everyMs: EVERY_MS,
    limitMs: LIMIT_MS,
    clock: systemClock,
    log,
  });
  return {
    machine: (wantsMountpoint) => macReading(readLoad(), background.last().value, wantsMountpoint),
    gpus: () => macGpus(background.last().value),
    first: background.first,
    stop: () => background.stop(),
  };
}
