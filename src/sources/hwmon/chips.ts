import type { HwmonReading } from '../../domain/thermal.ts';
import { isUnanswered, type Outcome, UNASKED } from '../../host/slow/outcome.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { numbersOf, parseWord } from '../thermal/parse.ts';
import { sensorsOf, tailOf } from './parse.ts';

/** One sensor, and its files. */
export interface Sensor extends Omit<HwmonReading, 'value' | 'readErrors'> {
  readonly input: string;
  /** Says 1 while the sensor is broken; undefined where there is no such file. */
  readonly fault: string | undefined;
}

/** One chip, with those of its sensors that are told of. */
export interface Chip {
  /** Name of its folder, as in `hwmon3`. */
  readonly folder: string;
  readonly chip: string;
  readonly device: string;
  /** The file that says whether its device sleeps. */
  readonly runtimeStatus: string;
  readonly sensors: readonly Omit<Sensor, 'chip' | 'device'>[];
}

/**
 * The chips of a folder such as `/sys/class/hwmon` that have sensors for heat or fans, in the order of their numbers.
 *
 * One that does not answer is as it was before.
 */
export async function findChips(
  folder: string,
  names: readonly string[],
  files: SlowFiles,
  before: readonly Chip[],
): Promise<readonly Chip[]> {
  const found = numbersOf('hwmon', names).map(async (number) => {
    const name = `hwmon${number}`;
    const { chip, silence } = await findChip(folder, name, files);
    const known = before.find((one) => one.folder === name);
    // One that nobody has asked yet is not told: its series would have other names in a minute.
    if (silence === UNASKED) return known;
    return silence === undefined ? chip : (known ?? chip);
  });
  return (await Promise.all(found)).flatMap((chip) => chip ?? []);
}

/**
 * The sensors of chips, each under labels of its own.
 *
 * Numbers of folders change from boot to boot, so a chip is told by its device. Where two are called the same on
 * the same device, the later ones have their folder behind it.
 */
export function sensorsByChip(chips: readonly Chip[]): readonly (readonly [Chip, readonly Sensor[]])[] {
  const taken = new Set<string>();
  return chips.map((one) => {
    const { chip, folder } = one;
    const isTaken = taken.has(`${chip}/${one.device}`);
    const device = isTaken ? `${one.device}:${folder}` : one.device;
    taken.add(`${chip}/${device}`);
    return [one, one.sensors.map((sensor) => ({ ...sensor, chip, device }))];
  });
}

/** The chip, if it has sensors, and why something of it is not known: `timeout`, or that nobody asked. */
async function findChip(
  folder: string,
  name: string,
  files: SlowFiles,
): Promise<{ readonly chip: Chip | undefined; readonly silence: string | undefined }> {
  let silence: string | undefined;
  const answered = <T>(outcome: Outcome<T>): T | undefined => {
    if ('value' in outcome) return outcome.value;
    if (isUnanswered(outcome) && silence !== UNASKED) silence = outcome.error;
    return undefined;
  };
  const word = async (path: string) => parseWord(answered(await files.readText(path)));
  const tail = async (path: string) => tailOf(answered(await files.realPath(path)));

  // Drivers from before Linux 3.13 keep their files in the device's folder.
  for (const place of [`${folder}/${name}`, `${folder}/${name}/device`]) {
    const names = answered(await files.list(place)) ?? [];
    const inputs = sensorsOf(names);
    if (inputs.length === 0) continue;
    const sensors = inputs.map(async ({ sensor, quantity }) => ({
      sensor,
      quantity,
      label: await word(`${place}/${sensor}_label`),
      input: `${place}/${sensor}_input`,
      fault: names.includes(`${sensor}_fault`) ? `${place}/${sensor}_fault` : undefined,
    }));
    const chip: Chip = {
      folder: name,
      chip: await word(`${place}/name`),
      // Of a chip without a device it is its own place.
      device: (await tail(`${folder}/${name}/device`)) ?? (await tail(`${folder}/${name}`)) ?? name,
      runtimeStatus: `${folder}/${name}/device/power/runtime_status`,
      sensors: await Promise.all(sensors),
    };
    return { chip, silence };
  }
  return { chip: undefined, silence };
}
