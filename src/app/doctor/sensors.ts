import { ok, type Verdict, warn } from '../../domain/finding.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';

/** How many sensors the kernel has; undefined for a folder that cannot be listed. */
export interface SensorCounts {
  readonly zones: number | undefined;
  readonly chips: number | undefined;
}

/** Counts thermal zones and hwmon chips; none where there is no such folder. */
export async function countSensors(sysfs: string, files: SlowFiles): Promise<SensorCounts> {
  const count = async (folder: string, prefix: string) => {
    const listed = await files.list(`${sysfs}/class/${folder}`);
    if ('value' in listed) return listed.value.filter((name) => name.startsWith(prefix)).length;
    return listed.error === 'ENOENT' || listed.error === 'ENOTDIR' ? 0 : undefined;
  };
  const [zones, chips] = await Promise.all([count('thermal', 'thermal_zone'), count('hwmon', 'hwmon')]);
  return { zones, chips };
}

/** Whether there are temperatures to read; a virtual machine has none. */
export function sensorVerdict({ zones, chips }: SensorCounts): Verdict {
  if (zones === undefined || chips === undefined) {
    return warn('they cannot be listed', 'See whether sysfs is mounted at exporter.sysfs, and look again');
  }
  if (zones + chips === 0) return ok('there are none, as in most virtual machines');
  return ok(`thermal zones: ${zones}, hwmon chips: ${chips}`);
}
