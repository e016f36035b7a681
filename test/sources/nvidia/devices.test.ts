import { describe, expect, it } from 'vitest';
import { readNvidiaDevices } from '../../../src/sources/nvidia/devices.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

/** A sysfs with these files below the PCI devices. */
function sysfsWith(files: Readonly<Record<string, string>>): string {
  return tempFolder(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`bus/pci/devices/${name}`, text])),
  );
}

describe('readNvidiaDevices', () => {
  it('finds GPUs of NVIDIA, and nothing else on their cards or of others', async () => {
    const sysfs = sysfsWith({
      '0000:01:00.0/vendor': '0x10de\n',
      '0000:01:00.0/class': '0x030000\n',
      '0000:01:00.0/power/runtime_status': 'suspended\n',
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
    const found = [...(await readNvidiaDevices(sysfs))];
    expect(found.sort((a, b) => a.pciBusId.localeCompare(b.pciBusId))).toEqual([
      { pciBusId: '0000:01:00.0', suspended: true },
      { pciBusId: '0000:02:00.0', suspended: false },
      { pciBusId: '0000:03:00.0', suspended: false },
    ]);
  });

  it('finds none where there is no PCI', async () => {
    expect(await readNvidiaDevices(tempFolder())).toEqual([]);
  });
});
