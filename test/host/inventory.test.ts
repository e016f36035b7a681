import { describe, expect, it } from 'vitest';
import {
  basicInventory,
  collectInventory,
  type InventoryPackage,
  readInventory,
} from '../../src/host/inventory.ts';
import { parseInventory } from '../../src/sources/inventory/parse.ts';

/** The package on a Mac, as far as it is asked; it notes what that is. */
function fakePackage(asked: string[]): InventoryPackage {
  const tell = (name: string, value: unknown) => async () => {
    asked.push(name);
    return value;
  };
  const answers = {
    osInfo: tell('osInfo', {
      distro: 'macOS',
      release: '15.5',
      kernel: '24.5.0',
      arch: 'arm64',
      serial: 'SECRET',
    }),
    cpu: tell('cpu', { manufacturer: 'Apple', brand: 'M2', cores: 8, physicalCores: 8, processors: 1 }),
    system: tell('system', { manufacturer: 'Apple Inc.', model: 'Mac14,2', virtual: false, uuid: 'SECRET' }),
    mem: tell('mem', { total: 100, available: 50, free: 10, swaptotal: 0, swapfree: 0 }),
    fsSize: tell('fsSize', [
      { fs: '/dev/disk3s1s1', mount: '/', type: 'APFS', rw: false, size: 90, available: 40 },
    ]),
    graphics: tell('graphics', {
      controllers: [{ vendor: 'sppci_vendor_Apple', model: 'Apple M2' }],
      displays: [],
    }),
  };
  return answers as unknown as InventoryPackage;
}

describe('collectInventory', () => {
  it('asks on Linux nothing that waits for disks or for nvidia-smi', async () => {
    const asked: string[] = [];
    await collectInventory(fakePackage(asked), 'linux');
    expect(asked).toEqual(['osInfo', 'cpu', 'system', 'mem']);
  });

  it('tells on a Mac of file systems and GPUs too, and nothing that names the machine', async () => {
    const told = JSON.stringify(await collectInventory(fakePackage([]), 'darwin'));
    expect(told).not.toContain('SECRET');
    expect(parseInventory(told)).toMatchObject({
      system: { name: 'macOS' },
      processor: { model: 'Apple M2', threads: 8 },
      memory: { totalBytes: 100 },
      fileSystems: [{ mountpoint: '/', fstype: 'apfs', readOnly: true, sizeBytes: 90, availableBytes: 40 }],
      gpus: [{ vendor: 'apple', name: 'Apple M2' }],
    });
  });
});

describe('the inventory of the machine that this test runs on', () => {
  it('is one that is understood', async () => {
    const inventory = parseInventory(JSON.stringify(await readInventory()));
    const basic = basicInventory();
    expect(inventory?.system.kernel).toBe(basic.system.kernel);
    expect(inventory?.memory.totalBytes).toBe(basic.memory.totalBytes);
    expect(inventory?.processor.threads).toBe(basic.processor.threads);
  });
});
