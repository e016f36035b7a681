import { createLister } from '../../host/slow/lister.ts';
import { boundedFiles, type SlowFiles } from '../../host/slow/slow-files.ts';
import { numbersOf } from '../thermal/parse.ts';
import { createZoneReader } from '../thermal/zones.ts';
import { hottestZone } from './heat.ts';

/** Less than a decision waits for: zones that hang are then left out, and the others told. */
const WITHIN_MS = 1800;

/**
 * Gives a reader of the hottest thermal zone; undefined: there is none that measures.
 *
 * Zones that do not answer are left out: those of network cards and of sleeping devices often do not. Throws Failure
 * `unreadable` or `timeout` if zones cannot be listed. Source: `/sys/class/thermal`.
 */
export function createHottestZoneReader(
  sysfs: string,
  files: SlowFiles,
  elapsedMs: () => number,
): () => Promise<number | undefined> {
  const folder = `${sysfs}/class/thermal`;
  const list = createLister(folder);
  const read = createZoneReader(folder, elapsedMs);
  return async () => {
    const bounded = boundedFiles(files, WITHIN_MS);
    const names = await list(bounded);
    return hottestZone(await read(numbersOf('thermal_zone', names), bounded));
  };
}
