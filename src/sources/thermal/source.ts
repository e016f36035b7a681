import type { ThermalZoneReading } from '../../domain/reading.ts';
import { listFolder, readTextFile } from '../../host/files.ts';
import { parseCelsius } from './parse.ts';

const ZONE = /^thermal_zone(\d+)$/;

/**
 * The temperature of every thermal zone of the kernel; none on a machine without any.
 *
 * Each zone is read on its own: one that fails costs nobody else's value. Source:
 * `/sys/class/thermal/thermal_zone*` (`sysfs` says where sysfs is mounted).
 */
export async function readThermalZones(
  sysfs: string,
  signal: AbortSignal,
): Promise<readonly ThermalZoneReading[]> {
  const folder = `${sysfs}/class/thermal`;
  const zones = (await listFolder(folder)).flatMap((name) => ZONE.exec(name)?.[1] ?? []);
  zones.sort((a, b) => Number(a) - Number(b));
  return await Promise.all(zones.map((zone) => readZone(folder, zone, signal)));
}

async function readZone(folder: string, zone: string, signal: AbortSignal): Promise<ThermalZoneReading> {
  const [type, temperature] = await Promise.all([
    readOrNothing(`${folder}/thermal_zone${zone}/type`, signal),
    readOrNothing(`${folder}/thermal_zone${zone}/temp`, signal),
  ]);
  return { zone, type: type?.trim() ?? '', celsius: parseCelsius(temperature) };
}

/** Sensors answer with EAGAIN, EIO or EINVAL while they cannot measure: there is no value then. */
async function readOrNothing(path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await readTextFile(path, signal);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return undefined;
  }
}
