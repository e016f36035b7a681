import type { GpuReading } from '../../domain/gpu.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { known, type SysfsFolder, sysfsFolder, upTo } from '../../host/slow/sysfs.ts';
import { bareReading } from '../gpu/bare-reading.ts';
import { readLinkState } from '../pci/link.ts';
import { parseCelsius } from '../thermal/parse.ts';
import { hwmonOf } from './amd.ts';
import type { DrmCard } from './cards.ts';

/** Energy that a GPU has used so far, and when that was read. */
export interface EnergyMark {
  readonly microjoules: number;
  readonly atMs: number;
}

/** A reading of an Intel GPU, and its energy, for the next. */
export interface IntelReading {
  readonly reading: GpuReading;
  readonly energy: EnergyMark | undefined;
}

/**
 * What i915 or xe say of one GPU; of a suspended one only which it is.
 *
 * Power is the mean since `before`, from what the GPU counts of its energy. How busy it is, sysfs does not say: that
 * is known by unit only. Source: the kernel's Documentation/ABI/testing/sysfs-driver-intel-{i915,xe}-hwmon and
 * sysfs-driver-intel-xe-... (`freq0`).
 */
export async function readIntelGpu(
  card: DrmCard,
  files: SlowFiles,
  before: EnergyMark | undefined,
  atMs: number,
): Promise<IntelReading> {
  const bare = bareReading(card.identity, card.pciId);
  if (card.suspended) return { reading: bare, energy: undefined };
  const hwmon = await hwmonOf(`${card.folder}/device/hwmon`, files);
  const [frequencies, pcie, sensors] = await Promise.all([
    readFrequencies(sysfsFolder(files, card.folder)),
    readLinkState(sysfsFolder(files, `${card.folder}/device`)),
    hwmon === undefined ? undefined : readSensors(hwmon),
  ]);
  const microjoules = sensors?.microjoules;
  const energy = microjoules === undefined ? undefined : { microjoules, atMs };
  const reading = {
    ...bare,
    ...frequencies,
    pcie,
    temperatures: sensors?.temperatures ?? {},
    powerLimits: sensors?.powerLimits ?? {},
    powerWatts: meanPower(before, energy),
  };
  return { reading, energy };
}

/** Where the frequency of the first engine group stands: in xe, in i915, and in i915 before Linux 5.18. */
const FREQUENCY_FILES = [
  { now: 'device/tile0/gt0/freq0/act_freq', most: 'device/tile0/gt0/freq0/rp0_freq' },
  { now: 'gt/gt0/rps_act_freq_mhz', most: 'gt/gt0/rps_RP0_freq_mhz' },
  { now: 'gt_act_freq_mhz', most: 'gt_RP0_freq_mhz' },
];

async function readFrequencies(card: SysfsFolder): Promise<Pick<GpuReading, 'clocks' | 'maxClocks'>> {
  for (const { now, most } of FREQUENCY_FILES) {
    const [graphics, maximum] = await Promise.all([card.number(now, 1e6), card.number(most, 1e6)]);
    if (graphics === undefined && maximum === undefined) continue;
    return { clocks: known({ graphics }), maxClocks: known({ graphics: maximum }) };
  }
  return { clocks: {}, maxClocks: {} };
}

interface Sensors {
  readonly microjoules: number | undefined;
  readonly powerLimits: GpuReading['powerLimits'];
  readonly temperatures: GpuReading['temperatures'];
}

async function readSensors(hwmon: SysfsFolder): Promise<Sensors> {
  const [microjoules, enforced, byDefault, temperatures] = await Promise.all([
    hwmon.number('energy1_input'),
    hwmon.number('power1_max'),
    hwmon.number('power1_rated_max'),
    readTemperatures(hwmon),
  ]);
  const watts = (microwatts: number | undefined) =>
    microwatts === undefined || microwatts <= 0 ? undefined : microwatts / 1e6;
  return {
    microjoules: upTo(Number.MAX_SAFE_INTEGER, microjoules),
    powerLimits: known({ enforced: watts(enforced), default: watts(byDefault) }),
    temperatures,
  };
}

/** i915 has one sensor; xe labels its own. */
async function readTemperatures(hwmon: SysfsFolder): Promise<GpuReading['temperatures']> {
  const numbers = ['1', '2', '3'];
  const found = await Promise.all(
    numbers.map((n) => Promise.all([hwmon.text(`temp${n}_label`), hwmon.text(`temp${n}_input`)])),
  );
  const of = (label: string | undefined) =>
    parseCelsius(found.find(([own, text]) => own === label && text !== undefined)?.[1]);
  return known({ gpu: of('pkg') ?? of(undefined), memory: of('vram') });
}

/** Undefined if the count began anew between the two, as it does when the driver is loaded. */
function meanPower(before: EnergyMark | undefined, now: EnergyMark | undefined): number | undefined {
  if (before === undefined || now === undefined) return undefined;
  const microjoules = now.microjoules - before.microjoules;
  const milliseconds = now.atMs - before.atMs;
  return microjoules >= 0 && milliseconds > 0 ? microjoules / 1000 / milliseconds : undefined;
}
