import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import type { GpuReading } from '../../../src/domain/gpu.ts';
import type { HwmonReading } from '../../../src/domain/thermal.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { hottestGpu, leastFreeMemory } from '../../../src/sources/circumstances/heat.ts';
import { createHottestZoneReader } from '../../../src/sources/circumstances/zones.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';
import { pciReading } from '../../fakes/pci-reading.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const NVIDIA = pciReading('0000:01:00.0', { vendor: 'nvidia', driver: 'nvidia' });
const SECOND = { ...NVIDIA, pciBusId: '0000:02:00.0' };
const AMD = pciReading('0000:03:00.0', { vendor: 'amd', driver: 'amdgpu' });

const known = <T>(value: T) => ({ known: true as const, value });
const unknown = { known: false as const, why: 'the tool hangs' };

const nvidiaAt = (celsius: number | undefined, pciBusId = NVIDIA.pciBusId): GpuReading =>
  gpuReading({ vendor: 'nvidia', pciBusId, temperatures: celsius === undefined ? {} : { gpu: celsius } });

const sensor = (more: Partial<HwmonReading>): HwmonReading => ({
  chip: 'amdgpu',
  device: AMD.pciBusId,
  sensor: 'temp1',
  label: 'edge',
  quantity: 'temperature',
  value: 60,
  readErrors: {},
  ...more,
});

const NOTHING = { pci: [], nvidia: known([]), sensors: known([]), jetson: [] };

describe('the hottest GPU', () => {
  it('is none where there is none', () => {
    expect(hottestGpu(NOTHING)).toEqual(known(undefined));
  });

  it('is the hottest of all makers', () => {
    const nvidia = known([nvidiaAt(70), nvidiaAt(80, SECOND.pciBusId)]);
    const all = { ...NOTHING, pci: [NVIDIA, SECOND, AMD], nvidia, sensors: known([sensor({})]) };
    expect(hottestGpu(all)).toEqual(known(80));
    expect(hottestGpu({ ...all, sensors: known([sensor({ value: 90 })]) })).toEqual(known(90));
    expect(hottestGpu({ ...all, jetson: [nvidiaAt(95, '')] })).toEqual(known(95));
  });

  it('is told by the die, not by its hottest spot', () => {
    const sensors = known([sensor({}), sensor({ sensor: 'temp2', label: 'junction', value: 95 })]);
    expect(hottestGpu({ ...NOTHING, pci: [AMD], sensors })).toEqual(known(60));
    const alone = known([sensor({ sensor: 'temp2', label: 'junction', value: 95 })]);
    expect(hottestGpu({ ...NOTHING, pci: [AMD], sensors: alone })).toEqual(known(95));
  });

  it.each([
    ['the tool does not answer', { pci: [NVIDIA], nvidia: unknown }],
    ['the tool leaves one out', { pci: [NVIDIA, SECOND], nvidia: known([nvidiaAt(70)]) }],
    ['the driver does not tell', { pci: [NVIDIA], nvidia: known([nvidiaAt(undefined)]) }],
    ['sensors cannot be listed', { pci: [AMD], sensors: unknown }],
    [
      'a sensor fails',
      { pci: [AMD], sensors: known([sensor({ value: undefined, readErrors: { timeout: 1 } })]) },
    ],
    ['it has left the bus', { pci: [{ ...AMD, present: false }], sensors: known([sensor({})]) }],
  ])('is not known where %s', (_, part) => {
    expect(hottestGpu({ ...NOTHING, ...part })).toMatchObject({ known: false, why: expect.any(String) });
  });

  it.each([
    ['sleeps', { ...NVIDIA, runtimeStatus: 'suspended', present: undefined }],
    ['belongs to a virtual machine', { ...NVIDIA, driver: 'vfio-pci' }],
    ['has no driver', { ...NVIDIA, driver: '' }],
  ])('is another where one %s', (_, device) => {
    expect(hottestGpu({ ...NOTHING, pci: [device], nvidia: unknown })).toEqual(known(undefined));
  });

  it('has no say where it has no sensor', () => {
    const intel = pciReading('0000:00:02.0', { vendor: 'intel', driver: 'i915' });
    expect(hottestGpu({ ...NOTHING, pci: [intel] })).toEqual(known(undefined));
  });
});

describe('free memory of GPUs', () => {
  const withFree = (free: number | undefined, pciBusId: string) =>
    gpuReading({ pciBusId, memory: free === undefined ? {} : { free } });

  it('is that of the GPU that has least', () => {
    const nvidia = known([withFree(500, NVIDIA.pciBusId)]);
    expect(leastFreeMemory({ pci: [NVIDIA], nvidia }, unknown)).toEqual(known(500));
    const drm = known([withFree(300, AMD.pciBusId)]);
    expect(leastFreeMemory({ pci: [NVIDIA, AMD], nvidia }, drm)).toEqual(known(300));
    expect(leastFreeMemory({ pci: [], nvidia: known([]) }, known([]))).toEqual(known(undefined));
  });

  it('is not known while one that is there does not tell', () => {
    expect(leastFreeMemory({ pci: [NVIDIA], nvidia: unknown }, known([]))).toEqual(unknown);
    expect(leastFreeMemory({ pci: [AMD], nvidia: known([]) }, unknown)).toEqual(unknown);
    const silent = known([withFree(undefined, NVIDIA.pciBusId)]);
    expect(leastFreeMemory({ pci: [NVIDIA], nvidia: silent }, known([]))).toMatchObject({ known: false });
    const gone = { ...NVIDIA, present: false };
    expect(leastFreeMemory({ pci: [gone], nvidia: silent }, known([]))).toMatchObject({ known: false });
  });
});

describe('the hottest thermal zone', () => {
  const readZones = (sysfs: string) =>
    createHottestZoneReader(sysfs, createSlowFiles(createGate(2)), () => performance.now())();

  it('is the hottest that measures', async () => {
    const zones = { thermal_zone0: '40000\n', thermal_zone1: '71500\n', thermal_zone2: '-274000\n' };
    const files = Object.entries(zones).map(([zone, text]) => [`class/thermal/${zone}/temp`, text]);
    expect(await readZones(tempFolder(Object.fromEntries(files)))).toBe(71.5);
    expect(await readZones(tempFolder())).toBeUndefined();
  });
});
