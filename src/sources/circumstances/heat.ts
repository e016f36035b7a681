import type { Known } from '../../domain/circumstances.ts';
import type { GpuReading } from '../../domain/gpu.ts';
import { isAsleep, isGivenAway, type PciGpuReading } from '../../domain/pci.ts';
import type { HwmonReading, ThermalZoneReading } from '../../domain/thermal.ts';

/** What was read of GPUs at one moment. */
export interface GpuEvidence {
  readonly pci: readonly PciGpuReading[];
  /** As NVIDIA's driver tells them, or why it does not. */
  readonly nvidia: Known<readonly GpuReading[]>;
  /** Of the kernel's own drivers, where there are GPUs of such. */
  readonly sensors: Known<readonly HwmonReading[]>;
  /** That of a Jetson, which is on no bus. */
  readonly jetson: readonly GpuReading[];
}

/** Whether a GPU is of NVIDIA's driver, and awake: then its tool has to be asked. */
export function needsNvidia(device: PciGpuReading): boolean {
  return device.vendor === 'nvidia' && device.driver === 'nvidia' && isAwake(device);
}

/** Whether the kernel's own driver tells of a GPU. */
export function needsSensors(device: PciGpuReading): boolean {
  return HWMON_DRIVERS.includes(device.driver) && isAwake(device);
}

const HWMON_DRIVERS: readonly string[] = ['amdgpu', 'radeon', 'nouveau', 'i915', 'xe'];

function isAwake(device: PciGpuReading): boolean {
  return !isAsleep(device) && !isGivenAway(device);
}

/**
 * Degrees Celsius of the hottest GPU; undefined where no GPU has a sensor, or all that have one sleep.
 *
 * Not known while one that is there does not answer: it may be the hottest.
 */
export function hottestGpu({ pci, nvidia, sensors, jetson }: GpuEvidence): Known<number | undefined> {
  const silent = pci.find((device) => isAwake(device) && device.present === false);
  if (silent !== undefined) return unknown(`GPU ${silent.pciBusId} does not answer on the PCI bus`);
  const all = jetson.flatMap(({ temperatures }) => temperatures.gpu ?? []);
  for (const device of pci) {
    const one = needsNvidia(device)
      ? nvidiaCelsius(device.pciBusId, nvidia)
      : needsSensors(device)
        ? sensorCelsius(device.pciBusId, sensors)
        : undefined;
    if (one?.known === false) return one;
    if (one?.value !== undefined) all.push(one.value);
  }
  return hottestOf(all);
}

function nvidiaCelsius(pciBusId: string, nvidia: GpuEvidence['nvidia']): Known<number | undefined> {
  if (!nvidia.known) return nvidia;
  const reading = nvidia.value.find((one) => one.pciBusId === pciBusId);
  const celsius = reading?.temperatures.gpu;
  if (celsius !== undefined) return { known: true, value: celsius };
  return unknown(`NVIDIA's driver does not tell the temperature of GPU ${pciBusId}`);
}

/** What the die has, not its hottest spot or its memory, which have limits of their own. */
const DIE_LABELS: readonly string[] = ['', 'edge', 'pkg'];

function sensorCelsius(pciBusId: string, sensors: GpuEvidence['sensors']): Known<number | undefined> {
  if (!sensors.known) return sensors;
  const own = sensors.value.filter(
    ({ device, quantity }) => device === pciBusId && quantity === 'temperature',
  );
  const die = own.filter(({ label }) => DIE_LABELS.includes(label));
  const chosen = die.length > 0 ? die : own;
  const failed = chosen.find(
    ({ value, readErrors }) => value === undefined && Object.keys(readErrors).length > 0,
  );
  if (failed !== undefined) return unknown(`sensor ${failed.sensor} of GPU ${pciBusId} does not answer`);
  return hottestOf(chosen.flatMap(({ value }) => value ?? []));
}

/** Degrees Celsius of the hottest thermal zone that measures; undefined: there is none. */
export function hottestZone(zones: readonly ThermalZoneReading[]): number | undefined {
  const hottest = hottestOf(zones.flatMap(({ celsius }) => celsius ?? []));
  return hottest.known ? hottest.value : undefined;
}

/** Bytes of the GPU that has least of them left; undefined: no GPU tells. Not known while one does not answer. */
export function leastFreeMemory(
  evidence: Pick<GpuEvidence, 'pci' | 'nvidia'>,
  drm: Known<readonly GpuReading[]>,
): Known<number | undefined> {
  const silent = evidence.pci.find((device) => isAwake(device) && device.present === false);
  if (silent !== undefined) return unknown(`GPU ${silent.pciBusId} does not answer on the PCI bus`);
  const hasNvidia = evidence.pci.some(needsNvidia);
  const hasOthers = evidence.pci.some(needsSensors);
  if (hasNvidia && !evidence.nvidia.known) return evidence.nvidia;
  if (hasOthers && !drm.known) return drm;
  const nvidia = hasNvidia && evidence.nvidia.known ? evidence.nvidia.value : [];
  const dumb = evidence.pci
    .filter(needsNvidia)
    .find(({ pciBusId }) => nvidia.find((one) => one.pciBusId === pciBusId)?.memory.free === undefined);
  if (dumb !== undefined)
    return unknown(`NVIDIA's driver does not tell the free memory of GPU ${dumb.pciBusId}`);
  const others = hasOthers && drm.known ? drm.value : [];
  const free = [...nvidia, ...others].flatMap(({ memory }) => memory.free ?? []);
  return { known: true, value: free.length === 0 ? undefined : Math.min(...free) };
}

function hottestOf(all: readonly number[]): Known<number | undefined> {
  return { known: true, value: all.length === 0 ? undefined : Math.max(...all) };
}

function unknown(why: string): { readonly known: false; readonly why: string } {
  return { known: false, why };
}
