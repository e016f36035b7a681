import type { GpuReading } from '../../domain/gpu.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { known, sysfsFolder, sysfsNames, upTo } from '../../host/slow/sysfs.ts';
import { bareReading } from '../gpu/bare-reading.ts';
import { parseCelsius } from '../thermal/parse.ts';

/** The GPUs of Xavier, TX2, Orin and Thor in their device tree; later trees call each of them `gpu`. */
const CHIPS = new Set(['gv11b', 'gp10b', 'ga10b', 'gb10b', 'gpu']);

/** A Jetson's GPU, and whether its clock is held at one frequency. */
export interface JetsonGpu {
  readonly reading: GpuReading;
  readonly clocksLocked: boolean | undefined;
}

/**
 * The GPU of a Jetson; none while its driver has not come up, which may be late.
 *
 * Throws Failure `unreadable`. Source: `/sys/class/devfreq/*`, with the GPU's `load` (in thousandths) in its device's
 * folder, and the thermal zone that is named after it.
 */
export async function readJetsonGpus(
  sysfs: string,
  files: SlowFiles,
  model: string,
): Promise<readonly JetsonGpu[]> {
  const folder = `${sysfs}/class/devfreq`;
  const names = [...(await sysfsNames(files, folder))].sort();
  const chips = await Promise.all(names.map((name) => chipOf(`${folder}/${name}`, files)));
  const own = names.filter((_, index) => CHIPS.has(chips[index] ?? ''));
  return await Promise.all(
    own.map((name, index) => readGpu(sysfs, `${folder}/${name}`, files, { gpu: String(index), model })),
  );
}

/** Texts of a device tree end with a NUL. */
async function chipOf(folder: string, files: SlowFiles): Promise<string | undefined> {
  return (await sysfsFolder(files, folder).text('device/of_node/name'))?.replace(/\0/g, '');
}

async function readGpu(
  sysfs: string,
  folder: string,
  files: SlowFiles,
  { gpu, model }: { readonly gpu: string; readonly model: string },
): Promise<JetsonGpu> {
  const devfreq = sysfsFolder(files, folder);
  const [load, now, min, max, celsius, fanRatio] = await Promise.all([
    devfreq.number('device/load'),
    devfreq.number('cur_freq'),
    devfreq.number('min_freq'),
    devfreq.number('max_freq'),
    readTemperature(sysfs, files),
    readFan(sysfs, files),
  ]);
  const thousandths = upTo(1000, load);
  return {
    reading: {
      ...bareReading({ gpu, uuid: '', vendor: 'jetson', pciBusId: '' }, model),
      utilization: known({ gpu: thousandths === undefined ? undefined : thousandths / 1000 }),
      temperatures: known({ gpu: celsius }),
      clocks: known({ graphics: now }),
      maxClocks: known({ graphics: max }),
      fanRatio,
    },
    clocksLocked: min === undefined || max === undefined ? undefined : min === max,
  };
}

/** JetPack 5 calls the zone `GPU-therm`, JetPack 6 `gpu-thermal`. While the GPU is off it has no temperature. */
async function readTemperature(sysfs: string, files: SlowFiles): Promise<number | undefined> {
  const folder = `${sysfs}/class/thermal`;
  const zones = (await sysfsNames(files, folder)).filter((name) => /^thermal_zone\d+$/.test(name));
  const types = await Promise.all(zones.map((zone) => sysfsFolder(files, `${folder}/${zone}`).text('type')));
  const zone = zones.find((_, index) => /^gpu-/i.test(types[index] ?? ''));
  return zone === undefined
    ? undefined
    : parseCelsius(await sysfsFolder(files, `${folder}/${zone}`).text('temp'));
}

/** The fan blows at all of the module; there is one at most. */
async function readFan(sysfs: string, files: SlowFiles): Promise<number | undefined> {
  const folder = `${sysfs}/class/hwmon`;
  for (const name of [...(await sysfsNames(files, folder))].sort()) {
    const chip = sysfsFolder(files, `${folder}/${name}`);
    if ((await chip.text('name')) !== 'pwmfan') continue;
    const duty = upTo(255, await chip.number('pwm1'));
    return duty === undefined ? undefined : duty / 255;
  }
  return undefined;
}
