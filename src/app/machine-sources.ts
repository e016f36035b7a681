import type { Collector } from '../collectors/collector.ts';
import { createHwmonCollector } from '../collectors/hwmon.ts';
import { createMachineCollector } from '../collectors/machine.ts';
import { createThermalCollector } from '../collectors/thermal.ts';
import type { ExporterConfig } from '../config/config.ts';
import type { Log } from '../domain/log.ts';
import { systemClock } from '../host/clock.ts';
import { createGate } from '../host/gate.ts';
import { KeptFiles } from '../host/kept-files.ts';
import { createSlowFiles } from '../host/slow-files.ts';
import { createHwmonReader } from '../sources/hwmon/source.ts';
import { createMachineReader } from '../sources/machine/source.ts';
import { createThermalReader } from '../sources/thermal/source.ts';
import { startGpuSources } from './gpu-sources.ts';

/** What the machine beneath the units says of itself. */
export interface MachineSources {
  readonly collectors: readonly Collector[];
  stop(): Promise<void>;
}

/** Threads of Node's pool, of four, that reads which hang may keep: the others pack pages and check passwords. */
const SLOW_PLACES = 2;

/** Two files for each of 128 processors; those of more are opened each time. */
const KEPT_CPU_FILES = 256;

/** Where the system says that it wants to be booted anew. */
const RUN = '/run';

/**
 * Starts to read the machine: GPUs in the background, all else at the scrape; what hangs is left out.
 *
 * GPUs wait until `begin` has resolved.
 */
export function startMachineSources(config: ExporterConfig, log: Log, begin: Promise<void>): MachineSources {
  const { procfs, sysfs, hwmon, machine } = config;
  const { elapsedMs } = systemClock;
  const places = createGate(SLOW_PLACES);
  const files = createSlowFiles(places);
  const kept = new KeptFiles(KEPT_CPU_FILES);
  const gpus = startGpuSources(config, files, log, begin);
  return {
    collectors: [
      createThermalCollector(createThermalReader({ sysfs, files, kept, elapsedMs })),
      ...(hwmon ? [createHwmonCollector(createHwmonReader({ sysfs, files, elapsedMs }))] : []),
      ...(machine === undefined
        ? []
        : [createMachineCollector(createMachineReader({ procfs, sysfs, run: RUN, places, ...machine }))]),
      ...gpus.collectors,
    ],
    async stop() {
      kept.close();
      await gpus.stop();
    },
  };
}
