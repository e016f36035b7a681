import { renameSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { createNvidiaDeviceReader } from '../../../src/sources/nvidia/devices.ts';
import { hungFile } from '../../fakes/hung-file.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const GPU = '0000:01:00.0';

/** A sysfs with these files below the PCI devices. */
function sysfsWith(files: Readonly<Record<string, string>>): string {
  return tempFolder(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`bus/pci/devices/${name}`, text])),
  );
}

const readerOf = (sysfs: string) => createNvidiaDeviceReader(sysfs, createSlowFiles(createGate(2), 100));

describe('createNvidiaDeviceReader', () => {
  it('finds GPUs of NVIDIA, and nothing else on their cards or of others', async () => {
    const sysfs = sysfsWith({
      '0000:01:00.0/vendor': '0x10de\n',
      '0000:01:00.0/class': '0x030000\n',
      '0000:01:00.0/power/runtime_status': 'suspended\n',
      '0000:01:00.0/uevent': 'DRIVER=nvidia\nPCI_CLASS=30000\n',
      '0000:02:00.0/uevent': 'PCI_CLASS=30000\n',
      '0000:01:00.1/vendor': '0x10de\n',
      '0000:01:00.1/class': '0x040300\n',
      '0000:02:00.0/vendor': '0x10de\n',
      '0000:02:00.0/class': '0x030200\n',
      '0000:02:00.0/power/runtime_status': 'active\n',
      '0000:03:00.0/vendor': '0x10de\n',
      '0000:03:00.0/class': '0x030000\n',
      '0000:04:00.0/vendor': '0x1002\n',
      '0000:04:00.0/class': '0x030000\n',
      '0000:05:00.0/class': '0x030000\n',
      '0000:06:00.0/vendor': '0x10de\n',
    });
    const found = [...(await readerOf(sysfs)())];
    expect(found.sort((a, b) => a.pciBusId.localeCompare(b.pciBusId))).toEqual([
      { pciBusId: '0000:01:00.0', suspended: true, driver: 'nvidia' },
      { pciBusId: '0000:02:00.0', suspended: false, driver: '' },
      { pciBusId: '0000:03:00.0', suspended: false, driver: undefined },
    ]);
  });

  it('knows a GPU that hangs by what it was before', async () => {
    const sysfs = sysfsWith({ [`${GPU}/vendor`]: '0x10de', [`${GPU}/class`]: '0x030000' });
    const read = readerOf(sysfs);
    const before = await read();
    expect(before).toHaveLength(1);
    const folder = `${sysfs}/bus/pci/devices/${GPU}`;
    for (const name of ['vendor', 'class']) {
      renameSync(`${folder}/${name}`, `${folder}/${name}.before`);
      hungFile(`${folder}/${name}`);
    }
    hungFile(`${folder}/uevent`);
    expect(await read()).toEqual(before);
  });

  it('gives those that it has seen, as awake, where the bus cannot be listed', async () => {
    const sysfs = sysfsWith({
      [`${GPU}/vendor`]: '0x10de',
      [`${GPU}/class`]: '0x030000',
      [`${GPU}/power/runtime_status`]: 'suspended',
    });
    const files = createSlowFiles(createGate(2), 100);
    let isHung = false;
    const read = createNvidiaDeviceReader(sysfs, {
      ...files,
      list: async (path, signal) => (isHung ? { error: 'timeout' } : await files.list(path, signal)),
    });
    expect(await read()).toMatchObject([{ suspended: true }]);
    isHung = true;
    expect(await read()).toEqual([{ pciBusId: GPU, suspended: false, driver: undefined }]);
  });

  it('finds none where there is no PCI', async () => {
    expect(await readerOf(tempFolder())()).toEqual([]);
  });
});
