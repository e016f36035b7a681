import { describe, expect, it } from 'vitest';
import {
  inventoryFinding,
  type MachineEvidence,
  machineDescription,
} from '../../../src/app/doctor/machine.ts';
import type { MachineReading } from '../../../src/domain/machine.ts';
import { basicInventory } from '../../../src/host/inventory.ts';
import { parseInventory } from '../../../src/sources/inventory/parse.ts';
import { macCapture } from '../../fakes/mac-inventory.ts';

const MACBOOK = parseInventory(macCapture('macbook-m2')) ?? basicInventory();

const READING: MachineReading = {
  values: { 'memory.total': 100, 'memory.available': 40, 'swap.total': 0, 'load.1': 3 },
  cpuSeconds: {},
  fileSystems: [{ device: 'files:/m', mountpoint: '/m', fstype: 'nfs4', readOnly: false, sizes: undefined }],
  networkDevices: [],
  disks: [],
};

const NOTHING: MachineEvidence = {
  inventory: MACBOOK,
  reading: undefined,
  gpus: undefined,
  virtualisation: undefined,
  init: 'launchd',
  cgroups: '',
};

describe('machineDescription', () => {
  it('is what the child has told, where fettle reads nothing itself', () => {
    expect(machineDescription(NOTHING)).toEqual({ ...MACBOOK, init: 'launchd', cgroups: '' });
    expect(inventoryFinding(NOTHING)).toEqual([]);
  });

  it('prefers what fettle has read itself', () => {
    const read = { ...NOTHING, reading: READING, gpus: [], virtualisation: 'kvm' };
    expect(machineDescription(read)).toMatchObject({
      system: { name: 'macOS' },
      virtualisation: 'kvm',
      memory: { totalBytes: 100, availableBytes: 40, swapTotalBytes: 0 },
      fileSystems: [{ mountpoint: '/m', sizeBytes: undefined, availableBytes: undefined }],
      gpus: [],
    });
  });

  it('is what Node tells, where the child has told nothing', () => {
    const without = { ...NOTHING, inventory: { problem: 'it hangs' } };
    expect(machineDescription(without)).toMatchObject(basicInventory());
    expect(inventoryFinding(without)).toMatchObject([
      { check: 'inventory', state: 'warn', told: 'it hangs', mend: expect.any(String) },
    ]);
  });
});
