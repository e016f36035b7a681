import { describe, expect, it } from 'vitest';
import { type Found, seenGpus } from '../../src/app/seen-gpus.ts';
import type { GpuUnitReading } from '../../src/domain/gpu.ts';
import type { PciGpuReading } from '../../src/domain/pci.ts';
import { bareReading } from '../../src/sources/gpu/bare-reading.ts';
import { gpuReading } from '../fakes/gpu-reading.ts';

const device = (given: Partial<PciGpuReading> = {}): PciGpuReading => ({
  pciBusId: '0000:01:00.0',
  vendor: 'nvidia',
  pciId: '10de:2684',
  driver: 'nvidia',
  runtimeStatus: 'active',
  present: true,
  link: {},
  aerErrors: {},
  ...given,
});

const found = (given: Partial<Found>): Found => ({
  gpus: [],
  pci: [],
  lost: new Set(),
  users: { units: [], processes: [] },
  knowsOpened: true,
  xids: [],
  ...given,
});

const RADEON = bareReading({ gpu: '1', uuid: '', vendor: 'amd', pciBusId: '0000:0b:00.0' });

const unitOnRadeon = (unit: string, processes: number): GpuUnitReading => ({
  gpu: '1',
  uuid: '',
  vendor: 'amd',
  pciBusId: '0000:0b:00.0',
  unit,
  user: undefined,
  processes,
  memoryBytes: undefined,
  engineSeconds: {},
});

describe('seenGpus', () => {
  it.each<[string, Partial<PciGpuReading>, boolean, string]>([
    ['present', {}, true, 'read'],
    ['lost', {}, true, 'read, and lost'],
    ['lost', { present: false }, false, 'off the bus'],
    ['unread', {}, false, 'with its driver'],
    ['unread', { driver: 'nouveau' }, false, 'with another driver'],
    ['driverless', { driver: '' }, false, 'without a driver'],
    ['asleep', { runtimeStatus: 'suspended' }, false, 'suspended'],
    ['asleep', { runtimeStatus: 'suspended' }, true, 'read as far as possible, and suspended'],
    ['given-away', { driver: 'vfio-pci' }, false, "a virtual machine's"],
  ])('says %s of a GPU that is %s (%#)', (state, given, isRead) => {
    const lost = new Set(state === 'lost' ? ['0000:01:00.0'] : []);
    const gpus = seenGpus(found({ gpus: isRead ? [gpuReading()] : [], pci: [device(given)], lost }));
    expect(gpus).toMatchObject([{ state, driver: given.driver ?? 'nvidia' }]);
    expect(gpus[0]?.reading.gpu).toBe(isRead ? '0' : '');
  });

  it('shows first what was read, then what the bus knows, then what is nowhere else', () => {
    const gpus = seenGpus(
      found({
        gpus: [RADEON, gpuReading()],
        pci: [device({ pciBusId: '0000:00:02.0', vendor: 'intel', driver: '' }), device()],
        lost: new Set(['0000:41:00.0']),
      }),
    );
    expect(gpus.map(({ reading, state }) => [reading.pciBusId, reading.vendor, state])).toEqual([
      ['0000:0b:00.0', 'amd', 'present'],
      ['0000:01:00.0', 'nvidia', 'present'],
      ['0000:00:02.0', 'intel', 'driverless'],
      ['0000:41:00.0', 'nvidia', 'lost'],
    ]);
  });

  it('knows who uses a GPU from the driver, or from who has it open, and says so where nobody knows', () => {
    const users = { units: [unitOnRadeon('a.service', 2), unitOnRadeon('b.service', 0)], processes: [] };
    const gpus = [RADEON, gpuReading({ processes: [] }), gpuReading({ gpu: '2', processes: undefined })];
    const named = (knowsOpened: boolean) =>
      seenGpus(found({ gpus, users, knowsOpened })).map((one) => one.users?.map(({ unit }) => unit));
    expect(named(true)).toEqual([['a.service'], [], undefined]);
    expect(named(false)).toEqual([undefined, [], undefined]);
  });

  it('has the Xids of each GPU, and none that have not happened', () => {
    const xid = { uuid: '', xid: '31', lastSeconds: 1 };
    const xids = [
      { ...xid, pciBusId: '0000:01:00.0', count: 2 },
      { ...xid, pciBusId: '0000:01:00.0', xid: '79', count: 0 },
      { ...xid, pciBusId: '0000:02:00.0', count: 1 },
    ];
    const of = (given: Partial<Found>) => seenGpus(found({ gpus: [gpuReading()], ...given }))[0]?.xids;
    expect(of({ xids })).toEqual([xids[0]]);
    expect(of({ xids: undefined })).toBeUndefined();
  });
});
