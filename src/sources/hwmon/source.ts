import type { HwmonReading } from '../../domain/thermal.ts';
import { createLister } from '../../host/slow/lister.ts';
import { isUnanswered } from '../../host/slow/outcome.ts';
import { boundedFiles, type SlowFiles } from '../../host/slow/slow-files.ts';
import { createErrorCounts, type ErrorCounts } from '../thermal/error-counts.ts';
import { parseCelsius } from '../thermal/parse.ts';
import { createRefreshed } from '../thermal/refreshed.ts';
import { type Chip, findChips, type Sensor, sensorsByChip } from './chips.ts';
import { parseRpm } from './parse.ts';

/** What the reader needs. */
export interface HwmonReaderOptions {
  /** Where sysfs is mounted. */
  readonly sysfs: string;
  /** For sensors, which may hang. */
  readonly files: SlowFiles;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
}

/**
 * Gives a reader of the temperatures and fans of all chips; none on a machine without any.
 *
 * Each file is read on its own, those of a chip one after the other: of one that hangs the sensor that did is counted,
 * and the others are left out. A device that sleeps, such as a graphics card, is not asked: that would wake it.
 * Which sensors there are is looked up once a minute. Throws Failure `unreadable` only if there are chips that
 * cannot be listed. Source: `/sys/class/hwmon` (the kernel's Documentation/hwmon/sysfs-interface.rst).
 */
export function createHwmonReader(options: HwmonReaderOptions): () => Promise<readonly HwmonReading[]> {
  const { sysfs, files, elapsedMs } = options;
  const folder = `${sysfs}/class/hwmon`;
  const errors = createErrorCounts();
  const list = createLister(folder);
  let chips: readonly Chip[] = [];
  const lookUp = createRefreshed(async (bounded: SlowFiles) => {
    chips = await findChips(folder, await list(bounded), bounded, chips);
    const found = sensorsByChip(chips);
    errors.keep(new Set(found.flatMap(([, sensors]) => sensors.map(nameOf))));
    return found;
  }, elapsedMs);
  return async () => {
    const bounded = boundedFiles(files);
    const found = await lookUp(bounded);
    const readings = found.map(([chip, sensors]) => readChip(chip, sensors, bounded, errors));
    return (await Promise.all(readings)).flat();
  };
}

function nameOf({ chip, device, sensor }: Sensor): string {
  return `${chip}/${device}/${sensor}`;
}

async function readChip(
  { runtimeStatus }: Chip,
  sensors: readonly Sensor[],
  files: SlowFiles,
  errors: ErrorCounts,
): Promise<readonly HwmonReading[]> {
  const status = await files.readLocal(runtimeStatus);
  // One of which that is not known might be woken.
  const sleeps = 'value' in status ? /^suspend/.test(status.value) : isUnanswered(status);
  return await Promise.all(sensors.map((sensor) => readSensor(sensor, sleeps, files, errors)));
}

async function readSensor(
  sensor: Sensor,
  sleeps: boolean,
  files: SlowFiles,
  errors: ErrorCounts,
): Promise<HwmonReading> {
  const { input, fault, ...known } = sensor;
  const value = sleeps ? undefined : await readValue(sensor, files, errors);
  return { ...known, value, readErrors: errors.of(nameOf(sensor)) };
}

async function readValue(sensor: Sensor, files: SlowFiles, errors: ErrorCounts): Promise<number | undefined> {
  const { input, fault, quantity } = sensor;
  const broken = fault === undefined ? undefined : await files.readText(fault);
  if (broken !== undefined && 'value' in broken && broken.value.trim() === '1') return undefined;
  const text = errors.textOf(nameOf(sensor), await files.readText(input));
  return quantity === 'temperature' ? parseCelsius(text) : parseRpm(text);
}
