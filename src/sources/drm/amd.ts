import type { GpuReading } from '../../domain/gpu.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { known, type SysfsFolder, sysfsFolder, sysfsNames, upTo } from '../../host/slow/sysfs.ts';
import { bareReading } from '../gpu/bare-reading.ts';
import { readLinkState } from '../pci/link.ts';
import { parseCelsius } from '../thermal/parse.ts';
import type { DrmCard } from './cards.ts';

/**
 * What amdgpu says of one GPU; of a suspended one only which it is, since reading more would wake it.
 *
 * Source: the kernel's Documentation/gpu/amdgpu/thermal.rst and driver-misc.rst.
 */
export async function readAmdGpu(card: DrmCard, files: SlowFiles): Promise<GpuReading> {
  const bare = bareReading(card.identity, card.pciId);
  if (card.suspended) return bare;
  const device = sysfsFolder(files, `${card.folder}/device`);
  const hwmon = await hwmonOf(`${card.folder}/device/hwmon`, files);
  const [info, utilization, memory, pcie, maxClocks, sensors] = await Promise.all([
    readInfo(device),
    readUtilization(device),
    readMemory(device),
    readPcie(device),
    readMaxClocks(device),
    hwmon === undefined ? {} : readSensors(hwmon),
  ]);
  const name = info.name || card.pciId;
  return { ...bare, info: { ...bare.info, ...info, name }, utilization, memory, pcie, maxClocks, ...sensors };
}

/** The folder of a GPU's sensors, of which there is one. */
export async function hwmonOf(folder: string, files: SlowFiles): Promise<SysfsFolder | undefined> {
  const names = await sysfsNames(files, folder).catch(() => []);
  const name = names.find((one) => /^hwmon\d+$/.test(one));
  return name === undefined ? undefined : sysfsFolder(files, `${folder}/${name}`);
}

async function readInfo(device: SysfsFolder): Promise<{ name: string; vbiosVersion: string }> {
  const [name = '', vbiosVersion = ''] = await Promise.all([
    device.text('product_name'),
    device.text('vbios_version'),
  ]);
  return { name, vbiosVersion };
}

async function readUtilization(device: SysfsFolder): Promise<GpuReading['utilization']> {
  const [gpu, memory] = await Promise.all([
    device.number('gpu_busy_percent'),
    device.number('mem_busy_percent'),
  ]);
  return known({ gpu: ratio(upTo(100, gpu), 100), memory: ratio(upTo(100, memory), 100) });
}

async function readMemory(device: SysfsFolder): Promise<GpuReading['memory']> {
  const [total, used] = await Promise.all([
    device.number('mem_info_vram_total'),
    device.number('mem_info_vram_used'),
  ]);
  const isWhole = total !== undefined && used !== undefined && used <= total;
  return known({ total, used, free: isWhole ? total - used : undefined });
}

async function readPcie(device: SysfsFolder): Promise<GpuReading['pcie']> {
  const [link, replays] = await Promise.all([readLinkState(device), device.number('pcie_replay_count')]);
  return { ...link, ...known({ replays: upTo(Number.MAX_SAFE_INTEGER, replays) }) };
}

async function readMaxClocks(device: SysfsFolder): Promise<GpuReading['maxClocks']> {
  const [graphics, memory] = await Promise.all([device.text('pp_dpm_sclk'), device.text('pp_dpm_mclk')]);
  return known({ graphics: highestClock(graphics), memory: highestClock(memory) });
}

/** Hertz of the highest step of a table with lines such as `2: 2482Mhz *`. */
export function highestClock(table: string | undefined): number | undefined {
  const steps = [...(table ?? '').matchAll(/^\w+: (\d+)Mhz/gm)].map(([, mhz]) => Number(mhz) * 1e6);
  return steps.length === 0 ? undefined : Math.max(...steps);
}

type Sensors = Pick<
  GpuReading,
  'temperatures' | 'thresholds' | 'powerWatts' | 'powerLimits' | 'clocks' | 'fanRatio'
>;

async function readSensors(hwmon: SysfsFolder): Promise<Sensors> {
  const [temperatures, thresholds, powerWatts, powerLimits, clocks, fanRatio] = await Promise.all([
    readTemperatures(hwmon),
    readThresholds(hwmon),
    readPower(hwmon),
    readPowerLimits(hwmon),
    readClocks(hwmon),
    readFan(hwmon),
  ]);
  return { temperatures, thresholds, powerWatts, powerLimits, clocks, fanRatio };
}

async function readTemperatures(hwmon: SysfsFolder): Promise<GpuReading['temperatures']> {
  const byLabel = await labelled(hwmon, 'temp', (name) => celsius(hwmon, name));
  return known({ gpu: byLabel.get('edge'), junction: byLabel.get('junction'), memory: byLabel.get('mem') });
}

/** Values of the sensors of one kind, by their labels. No GPU has more than three of a kind. */
async function labelled(
  hwmon: SysfsFolder,
  kind: string,
  read: (name: string) => Promise<number | undefined>,
): Promise<ReadonlyMap<string | undefined, number | undefined>> {
  const sensors = ['1', '2', '3'].map((number) => `${kind}${number}`);
  const all = sensors.map((name) => Promise.all([hwmon.text(`${name}_label`), read(`${name}_input`)]));
  return new Map(await Promise.all(all));
}

/** At `crit` the GPU slows down, at `emergency` it is switched off. */
async function readThresholds(hwmon: SysfsFolder): Promise<GpuReading['thresholds']> {
  const [slowdown, shutdown] = await Promise.all([
    celsius(hwmon, 'temp1_crit'),
    celsius(hwmon, 'temp1_emergency'),
  ]);
  return known({ slowdown, shutdown });
}

async function celsius(hwmon: SysfsFolder, name: string): Promise<number | undefined> {
  return parseCelsius(await hwmon.text(name));
}

/** Older GPUs tell an average, newer ones the power now. */
async function readPower(hwmon: SysfsFolder): Promise<number | undefined> {
  const [average, now] = await Promise.all([watts(hwmon, 'power1_average'), watts(hwmon, 'power1_input')]);
  return average ?? now;
}

async function readPowerLimits(hwmon: SysfsFolder): Promise<GpuReading['powerLimits']> {
  const [enforced, byDefault, min, max] = await Promise.all([
    watts(hwmon, 'power1_cap'),
    watts(hwmon, 'power1_cap_default'),
    watts(hwmon, 'power1_cap_min'),
    watts(hwmon, 'power1_cap_max'),
  ]);
  return known({ enforced, default: byDefault, min, max });
}

async function watts(hwmon: SysfsFolder, name: string): Promise<number | undefined> {
  const microwatts = upTo(Number.MAX_SAFE_INTEGER, await hwmon.number(name));
  return microwatts === undefined ? undefined : microwatts / 1e6;
}

async function readClocks(hwmon: SysfsFolder): Promise<GpuReading['clocks']> {
  const byLabel = await labelled(hwmon, 'freq', (name) => hwmon.number(name));
  return known({ graphics: byLabel.get('sclk'), memory: byLabel.get('mclk') });
}

async function readFan(hwmon: SysfsFolder): Promise<number | undefined> {
  const [speed, most = 255] = await Promise.all([hwmon.number('pwm1'), hwmon.number('pwm1_max')]);
  return ratio(upTo(most, speed), most);
}

function ratio(value: number | undefined, whole: number): number | undefined {
  return value === undefined || whole <= 0 ? undefined : value / whole;
}
