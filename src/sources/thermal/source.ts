import type { ThermalReading } from '../../domain/thermal.ts';
import type { KeptFiles } from '../../host/files/kept-files.ts';
import { createLister } from '../../host/slow/lister.ts';
import { boundedFiles, type SlowFiles } from '../../host/slow/slow-files.ts';
import { createCoolingReader } from './cooling.ts';
import { createCpuThrottleReader } from './cpu-throttles.ts';
import { numbersOf } from './parse.ts';
import { createZoneReader } from './zones.ts';

/** What the reader needs. */
export interface ThermalReaderOptions {
  /** Where sysfs is mounted. */
  readonly sysfs: string;
  /** For sensors, which may hang. */
  readonly files: SlowFiles;
  /** For the counts of processors: two files each. */
  readonly kept: KeptFiles;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
}

/**
 * Gives a reader of the kernel's thermal zones, cooling devices and throttle counts; none on a machine without any.
 *
 * Throws Failure `unreadable` only if the zones are there and cannot be listed. Source: `/sys/class/thermal`,
 * `/sys/devices/system/cpu/cpu*`.
 */
export function createThermalReader(options: ThermalReaderOptions): () => Promise<ThermalReading> {
  const { sysfs, files, kept, elapsedMs } = options;
  const folder = `${sysfs}/class/thermal`;
  const list = createLister(folder);
  const readZones = createZoneReader(folder, elapsedMs);
  const readCooling = createCoolingReader(folder, elapsedMs);
  const readThrottles = createCpuThrottleReader(sysfs, kept, elapsedMs);
  return async () => {
    const bounded = boundedFiles(files);
    const names = await list(bounded);
    const [zoneReadings, coolingDevices, cpuThrottles] = await Promise.all([
      readZones(numbersOf('thermal_zone', names), bounded),
      readCooling(numbersOf('cooling_device', names), bounded),
      readThrottles(bounded),
    ]);
    return { zones: zoneReadings, coolingDevices, cpuThrottles };
  };
}
