import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInventory } from '../../../src/sources/inventory/parse.ts';
import { macCapture } from '../../fakes/mac-inventory.ts';

describe('parseInventory', () => {
  it('understands a Mac of Apple silicon', () => {
    expect(parseInventory(macCapture('macbook-m2'))).toEqual({
      system: { name: 'macOS', version: '15.5', kernel: '24.5.0', architecture: 'arm64' },
      processor: { model: 'Apple M2 Pro', threads: 12, cores: 12, sockets: 1 },
      hardware: 'Apple Inc. Mac14,9',
      virtualisation: '',
      memory: {
        totalBytes: 34359738368,
        availableBytes: 14495514624,
        freeBytes: 1073741824,
        swapTotalBytes: 2147483648,
        swapFreeBytes: 1106771640,
      },
      fileSystems: [
        {
          device: '/dev/disk3s1s1',
          mountpoint: '/',
          fstype: 'apfs',
          readOnly: true,
          sizeBytes: 994662584320,
          availableBytes: 512110190592,
        },
        expect.objectContaining({ mountpoint: '/System/Volumes/Data', readOnly: false }),
        expect.objectContaining({ device: '//ci@files.example/models', mountpoint: '/Volumes/models' }),
      ],
      gpus: [{ vendor: 'apple', name: 'Apple M2 Pro', driver: '', pciBusId: '', note: '' }],
    });
  });

  it('knows the makers of GPUs that Macs have had, and leaves out what is none of theirs', () => {
    expect(parseInventory(macCapture('imac-intel'))?.gpus).toMatchObject([
      { vendor: 'amd', name: 'AMD Radeon Pro 5700 XT' },
      { vendor: 'intel', name: 'Intel UHD Graphics 630' },
    ]);
  });

  it.each(['', 'no JSON', '[]', 'null', '7', '"text"'])('takes no inventory from %j', (text) => {
    expect(parseInventory(text)).toBeUndefined();
  });

  it.each([
    [{ totalBytes: 0, availableBytes: 5, freeBytes: 5 }, {}],
    [{ totalBytes: '5', availableBytes: 5 }, {}],
    [{ totalBytes: 100, availableBytes: -1, freeBytes: 101 }, { totalBytes: 100 }],
    [{ totalBytes: 1e300 }, {}],
    [
      { swapTotalBytes: 0, swapFreeBytes: 0 },
      { swapTotalBytes: 0, swapFreeBytes: 0 },
    ],
    [{ swapFreeBytes: 3 }, {}],
  ])('leaves out of memory what makes no sense: %j', (memory, known) => {
    expect(parseInventory(JSON.stringify({ memory }))?.memory).toEqual(known);
  });

  it.each([
    { device: 'devfs' },
    { mountpoint: 'somewhere' },
    { readWrite: null },
    { sizeBytes: 0 },
    { sizeBytes: 'many' },
  ])('leaves out a file system with %j', (odd) => {
    const good = { device: '/dev/disk1', mountpoint: '/', fstype: 'APFS', readWrite: true, sizeBytes: 9 };
    const fileSystems = [{ ...good, ...odd }, 'nothing', null, good];
    expect(parseInventory(JSON.stringify({ fileSystems }))?.fileSystems).toHaveLength(1);
  });

  it('never throws, and gives nothing but finite numbers', () => {
    const keys = ['system', 'processor', 'hardware', 'memory', 'fileSystems', 'gpus'];
    const inner = fc.dictionary(
      fc.constantFrom('totalBytes', 'sizeBytes', 'device', 'vendor', '__proto__', 'name', 'threads'),
      fc.jsonValue(),
    );
    const told = fc.dictionary(fc.constantFrom(...keys), fc.oneof(inner, fc.array(inner), fc.jsonValue()));
    fc.assert(
      fc.property(told, (value) => {
        const inventory = parseInventory(JSON.stringify(value));
        expect(JSON.stringify(inventory)).not.toContain('null');
      }),
    );
  });
});
