import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { answers, gpuVendorOf, parseAerTotal } from '../../../src/sources/pci/parse.ts';
import { createPciGpuReader } from '../../../src/sources/pci/source.ts';
import { hungFile } from '../../fakes/hung-file.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const DEVICES = 'bus/pci/devices';
const ADDRESS = '0000:01:00.0';

/** One device with these files instead of, or beside, those of an RTX 4090. */
function device(address: string, files: Readonly<Record<string, string>> = {}): Record<string, string> {
  const all = {
    vendor: '0x10de\n',
    class: '0x030000\n',
    uevent: `DRIVER=nvidia\nPCI_CLASS=30000\nPCI_ID=10DE:2684\nPCI_SLOT_NAME=${address}\n`,
    'power/runtime_status': 'active\n',
    current_link_speed: '2.5 GT/s PCIe\n',
    current_link_width: '8\n',
    max_link_speed: '16.0 GT/s PCIe\n',
    max_link_width: '16\n',
    config: 'GPU!',
    aer_dev_correctable: 'RxErr 2\nBadTLP 1\nTOTAL_ERR_COR 3\n',
    aer_dev_nonfatal: 'Undefined 0\nTOTAL_ERR_NONFATAL 0\n',
    aer_dev_fatal: 'Undefined 0\nTOTAL_ERR_FATAL 1\n',
    ...files,
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, text]) => [`${DEVICES}/${address}/${name}`, text]),
  );
}

const GPU = {
  pciBusId: ADDRESS,
  vendor: 'nvidia',
  pciId: '10de:2684',
  driver: 'nvidia',
  runtimeStatus: 'active',
  present: true,
  link: { generation: 1, width: 8, generationMax: 4, widthMax: 16 },
  aerErrors: { correctable: 3, nonfatal: 0, fatal: 1 },
};

const readerOn = (sysfs: string) => createPciGpuReader(sysfs, createSlowFiles(createGate(2)));

describe('createPciGpuReader', () => {
  it('reads GPUs with their links and errors, in the order of their addresses', async () => {
    const sysfs = tempFolder({
      ...device('0000:81:00.0', { vendor: '0x1002\n', class: '0x120000\n' }),
      ...device(ADDRESS),
      ...device('0000:00:02.0', { vendor: '0x8086\n', uevent: 'PCI_ID=8086:4680\n' }),
    });
    const readings = await readerOn(sysfs)();
    expect(readings.map(({ pciBusId, vendor }) => `${pciBusId} ${vendor}`)).toEqual([
      '0000:00:02.0 intel',
      '0000:01:00.0 nvidia',
      '0000:81:00.0 amd',
    ]);
    expect(readings[1]).toEqual(GPU);
    expect(readings[0]?.driver).toBe('');
  });

  it('passes over what is no GPU, or of another vendor', async () => {
    const sysfs = tempFolder({
      ...device('0000:01:00.1', { class: '0x040300\n' }),
      ...device('0000:02:00.0', { vendor: '0x1a03\n' }),
      ...device('0000:03:00.0', { vendor: '0x8086\n', class: '0x120000\n' }),
      ...device('0000:04:00.0', { class: '0x068000\n' }),
    });
    expect(await readerOn(sysfs)()).toEqual([]);
  });

  it('passes over the parts of a GPU that are meant for virtual machines', async () => {
    const part = { 'physfn/vendor': '0x10de\n', config: '\xff\xff\xff\xff' };
    const sysfs = tempFolder({ ...device(ADDRESS), ...device('0000:01:00.4', part) });
    expect((await readerOn(sysfs)()).map(({ pciBusId }) => pciBusId)).toEqual([ADDRESS]);
  });

  it('sees that one has fallen off the bus: its configuration is all ones', async () => {
    const sysfs = tempFolder(device(ADDRESS));
    const read = readerOn(sysfs);
    expect(await read()).toEqual([GPU]);
    writeFileSync(`${sysfs}/${DEVICES}/${ADDRESS}/config`, Buffer.alloc(64, 0xff));
    expect(await read()).toEqual([{ ...GPU, present: false, link: {} }]);
    writeFileSync(`${sysfs}/${DEVICES}/${ADDRESS}/config`, Buffer.from('de108426', 'hex'));
    expect(await read()).toEqual([GPU]);
  });

  it('remembers one that the kernel has dropped, until it is back', async () => {
    const sysfs = tempFolder(device(ADDRESS));
    const read = readerOn(sysfs);
    await read();
    rmSync(`${sysfs}/${DEVICES}/${ADDRESS}`, { recursive: true });
    const gone = [{ ...GPU, present: false, link: {} }];
    const first = await read();
    expect(first).toEqual(gone);
    expect((await read())[0]).toBe(first[0]);
    expect(await readerOn(sysfs)()).toEqual([]);
  });

  it('does not know whether one is there that has stopped to answer', async () => {
    const sysfs = tempFolder(device(ADDRESS));
    const read = readerOn(sysfs);
    expect(await read()).toMatchObject([{ present: true }]);
    rmSync(`${sysfs}/${DEVICES}/${ADDRESS}/vendor`);
    expect(await read()).toMatchObject([{ pciBusId: ADDRESS, present: undefined, link: {} }]);
  });

  it('asks a suspended one nothing that would wake it', async () => {
    const sysfs = tempFolder(device(ADDRESS, { 'power/runtime_status': 'suspended\n' }));
    for (const name of ['config', 'current_link_speed', 'current_link_width']) {
      rmSync(`${sysfs}/${DEVICES}/${ADDRESS}/${name}`);
      hungFile(`${sysfs}/${DEVICES}/${ADDRESS}/${name}`);
    }
    const asleep = { ...GPU, runtimeStatus: 'suspended', present: undefined, link: {} };
    expect(await readerOn(sysfs)()).toEqual([asleep]);
  });

  it('does not know whether one is there whose configuration cannot be read', async () => {
    const sysfs = tempFolder(device(ADDRESS));
    rmSync(`${sysfs}/${DEVICES}/${ADDRESS}/config`);
    rmSync(`${sysfs}/${DEVICES}/${ADDRESS}/aer_dev_fatal`);
    const aerErrors = { correctable: 3, nonfatal: 0 };
    expect(await readerOn(sysfs)()).toEqual([{ ...GPU, present: undefined, aerErrors }]);
  });

  it('finds none on a machine without PCI', async () => {
    expect(await readerOn(tempFolder())()).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('goes over the real devices of this machine', async () => {
    for (const { pciBusId, present } of await readerOn('/sys')()) {
      expect(pciBusId).toMatch(/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/);
      expect(present).not.toBe(false);
    }
  });
});

describe('gpuVendorOf', () => {
  it.each([
    ['0x10de', '0x030000', 'nvidia'],
    ['0x10de', '0x030200', 'nvidia'],
    ['0x1002', '0x038000', 'amd'],
    ['0x1002', '0x120000', 'amd'],
    ['0x8086', '0x030000', 'intel'],
    ['0x8086', '0x038000', 'intel'],
    ['0x8086', '0x120000', undefined],
    ['0x10de', '0x040300', undefined],
    ['0x102b', '0x030000', undefined],
    ['', '', undefined],
  ])('vendor %s with class %s is %s', (vendor, deviceClass, expected) => {
    expect(gpuVendorOf(vendor, deviceClass)).toBe(expected);
  });
});

describe('parseAerTotal', () => {
  it('gives the last line, and nothing without it', () => {
    expect(parseAerTotal('RxErr 2\nTOTAL_ERR_COR 12\n')).toBe(12);
    expect(parseAerTotal('RxErr 2\n')).toBeUndefined();
    expect(parseAerTotal(undefined)).toBeUndefined();
  });
});

describe('answers', () => {
  it('needs two bytes that are not all ones', () => {
    expect(answers(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toBe(false);
    expect(answers(Uint8Array.of(0xff, 0x10))).toBe(true);
    expect(answers(Uint8Array.of(0xff))).toBeUndefined();
    expect(answers(undefined)).toBeUndefined();
  });
});
