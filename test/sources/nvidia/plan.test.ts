import { expect, it } from 'vitest';
import type { NvidiaDevice } from '../../../src/sources/nvidia/devices.ts';
import { planOf } from '../../../src/sources/nvidia/plan.ts';

const device = (
  pciBusId: string,
  suspended: boolean,
  driver: string | undefined = 'nvidia',
): NvidiaDevice => ({
  pciBusId,
  suspended,
  driver,
});

it.each<[string, readonly NvidiaDevice[], object]>([
  ['none', [], { kind: 'ask', only: undefined, addresses: [], hasDevices: false }],
  ['one awake', [device('a', false)], { kind: 'ask', only: undefined, addresses: ['a'], hasDevices: true }],
  ['all asleep', [device('a', true), device('b', true)], { kind: 'rest' }],
  [
    'one of two asleep',
    [device('a', true), device('b', false)],
    { kind: 'ask', only: ['b'], addresses: ['a', 'b'], hasDevices: true },
  ],
  [
    'one that a virtual machine has',
    [device('a', true, 'vfio-pci')],
    { kind: 'ask', only: undefined, addresses: [], hasDevices: false },
  ],
  [
    'one without a driver',
    [device('a', false, '')],
    { kind: 'ask', only: undefined, addresses: [], hasDevices: true },
  ],
  [
    'one of which that is not known',
    [{ pciBusId: 'a', suspended: true, driver: undefined }],
    { kind: 'rest' },
  ],
])('of %s', (_, devices, plan) => {
  expect(planOf(devices)).toEqual(plan);
});
