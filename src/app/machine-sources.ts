import type { Collector } from '../collectors/collector.ts';
import { createHwmonCollector } from '../collectors/hwmon.ts';
import { createMachineCollector } from '../collectors/machine.ts';
import { createSlowReadsCollector } from '../collectors/slow-reads.ts';
import { createThermalCollector } from '../collectors/thermal.ts';
import type { ExporterConfig, MachineConfig } from '../config/config.ts';
import { createGate } from '../domain/gate.ts';
import type { Log } from '../domain/log.ts';
import type { MachineReading } from '../domain/machine.ts';
import { systemClock } from '../host/clock.ts';
import { KeptFiles } from '../host/files/kept-files.ts';
import type { ChildCommand } from '../host/programs/child-process.ts';
import { inventoryProgram } from '../host/programs/own-program.ts';
import { createSlowFiles, type SlowFiles } from '../host/slow/slow-files.ts';
import { createHwmonReader } from '../sources/hwmon/source.ts';
import { createMachineReader } from '../sources/machine/source.ts';
import { createThermalReader } from '../sources/thermal/source.ts';
import { startGpuSources } from './gpu-sources.ts';
import { type MacSources, startMacSources } from './mac-sources.ts';

/** What the machine beneath the units says of itself. */
export interface MachineSources {
  readonly collectors: readonly Collector[];
  stop(): Promise<void>;
}

/** Threads of Node's pool, of four, that devices and other machines which hang may keep. */
const SLOW_PLACES = 2;

/** One more for folders and local file systems. The last one packs pages and checks passwords. */
const LOCAL_PLACES = 1;

/** Two files for each of 128 processors; those of more are opened each time. */
const KEPT_CPU_FILES = 256;

/** Where the system says that it wants to be booted anew. */
const RUN = '/run';

/** Which kernel is beneath, and who takes the inventory where that is not Linux. */
export interface Platform {
  readonly platform: NodeJS.Platform;
  /** Prints the inventory as JSON. */
  readonly inventory: ChildCommand;
}

/**
 * Starts to read the machine: GPUs in the background, all else at the scrape; what hangs is left out.
 *
 * GPUs wait until `begin` has resolved.
 */
export function startMachineSources(
  config: ExporterConfig,
  log: Log,
  begin: Promise<void>,
  { platform, inventory }: Platform = thisPlatform(),
): MachineSources {
  const { sysfs, hwmon, machine } = config;
  const { elapsedMs } = systemClock;
  const files = createSlowFiles(createGate(SLOW_PLACES), undefined, createGate(LOCAL_PLACES));
  const kept = new KeptFiles(KEPT_CPU_FILES);
  const mac = platform === 'darwin' ? startMacSources(inventory, log) : undefined;
  const gpus = startGpuSources(config, files, log, begin, () => mac?.gpus() ?? []);
  return {
    collectors: [
      createThermalCollector(createThermalReader({ sysfs, files, kept, elapsedMs })),
      ...(hwmon ? [createHwmonCollector(createHwmonReader({ sysfs, files, elapsedMs }))] : []),
      ...(machine === undefined ? [] : [createMachineCollector(machineReader(config, machine, files, mac))]),
      ...gpus.collectors,
      createSlowReadsCollector(files),
    ],
    async stop() {
      kept.close();
      mac?.stop();
      await gpus.stop();
    },
  };
}

function machineReader(
  { procfs, sysfs }: ExporterConfig,
  machine: MachineConfig,
  files: SlowFiles,
  mac: MacSources | undefined,
): () => Promise<MachineReading> {
  if (mac !== undefined) return async () => mac.machine(machine.wantsMountpoint);
  return createMachineReader({ procfs, sysfs, run: RUN, files, ...machine });
}

function thisPlatform(): Platform {
  return { platform: process.platform, inventory: inventoryProgram() };
}
