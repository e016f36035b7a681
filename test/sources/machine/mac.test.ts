import { describe, expect, it } from 'vitest';
import { machineSamples } from '../../../src/collectors/machine.ts';
import type { Load } from '../../../src/host/load.ts';
import { parseInventory } from '../../../src/sources/inventory/parse.ts';
import { macGpus, macReading } from '../../../src/sources/machine/mac.ts';
import { macCapture } from '../../fakes/mac-inventory.ts';

const LOAD: Load = {
  averages: [2.5, 1.25, 0.5],
  processors: [
    { user: 1000, nice: 0, sys: 500, idle: 8000, irq: 0 },
    { user: 3000, nice: 250, sys: 700, idle: 4000, irq: 0 },
  ],
};
const MACBOOK = parseInventory(macCapture('macbook-m2'));
const ALL = () => true;

describe('macReading', () => {
  it('has load and CPU time without an inventory, and nothing else', () => {
    expect(macReading(LOAD, undefined, ALL)).toEqual({
      values: { 'load.1': 2.5, 'load.5': 1.25, 'load.15': 0.5, cpus: 2 },
      cpuSeconds: { user: 4, nice: 0.25, system: 1.2, idle: 12 },
      fileSystems: [],
      networkDevices: [],
      disks: [],
    });
  });

  it('adds memory, swap and file systems of an inventory', () => {
    const { values, fileSystems } = macReading(LOAD, MACBOOK, (mountpoint) => mountpoint === '/');
    expect(values).toMatchObject({
      'memory.total': 34359738368,
      'memory.available': 14495514624,
      'memory.free': 1073741824,
      'swap.total': 2147483648,
      'swap.free': 1106771640,
    });
    expect(fileSystems).toEqual([
      {
        device: '/dev/disk3s1s1',
        mountpoint: '/',
        fstype: 'apfs',
        readOnly: true,
        sizes: {
          sizeBytes: 994662584320,
          availableBytes: 512110190592,
          freeBytes: undefined,
          inodes: undefined,
          freeInodes: undefined,
        },
      },
    ]);
  });

  it('becomes series, of which none is made up', () => {
    const samples = machineSamples(macReading(LOAD, MACBOOK, (mountpoint) => mountpoint === '/'));
    const names = samples.map(({ metric, value }) => `${metric.name} ${value}`);
    expect(names).toEqual([
      'machine_load1 2.5',
      'machine_load5 1.25',
      'machine_load15 0.5',
      'machine_memory_total_bytes 34359738368',
      'machine_memory_available_bytes 14495514624',
      'machine_memory_free_bytes 1073741824',
      'machine_swap_total_bytes 2147483648',
      'machine_swap_free_bytes 1106771640',
      'machine_cpus 2',
      'machine_cpu_seconds_total 4',
      'machine_cpu_seconds_total 0.25',
      'machine_cpu_seconds_total 1.2',
      'machine_cpu_seconds_total 12',
      'machine_filesystem_read_only 1',
      'machine_filesystem_error 0',
      'machine_filesystem_size_bytes 994662584320',
      'machine_filesystem_available_bytes 512110190592',
    ]);
  });
});

describe('macGpus', () => {
  it('tells which they are', () => {
    expect(macGpus(MACBOOK)).toMatchObject([
      { gpu: '0', uuid: '', vendor: 'apple', info: { name: 'Apple M2 Pro', driverVersion: '' }, memory: {} },
    ]);
    expect(macGpus(undefined)).toEqual([]);
  });
});
