import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHwmonCollector } from '../../../src/collectors/hwmon.ts';
import { createGate } from '../../../src/domain/gate.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { createHwmonReader } from '../../../src/sources/hwmon/source.ts';
import { hungFile } from '../../fakes/hung-file.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';

/** A chip's files, and the place of its device in sysfs, if it has one. */
interface FakeChip {
  readonly files: Readonly<Record<string, string>>;
  readonly device?: string;
}

/** A reader of a sysfs with these chips, linked as the kernel links them. */
function setUp(chips: readonly FakeChip[] = []) {
  const sysfs = tempFolder({ 'class/.keep': '' });
  const place = (index: number) => join(sysfs, `devices/chips/hwmon${index}`);
  mkdirSync(join(sysfs, 'class/hwmon'));
  for (const [index, { files, device }] of chips.entries()) {
    mkdirSync(place(index), { recursive: true });
    symlinkSync(place(index), join(sysfs, `class/hwmon/hwmon${index}`));
    if (device !== undefined) {
      mkdirSync(join(sysfs, 'devices', device), { recursive: true });
      symlinkSync(join(sysfs, 'devices', device), join(place(index), 'device'));
    }
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(place(index), name, '..'), { recursive: true });
      writeFileSync(join(place(index), name), text);
    }
  }
  const clock = { ms: 0 };
  const files = createSlowFiles(createGate(2), 300, createGate(1));
  const read = createHwmonReader({ sysfs, files, elapsedMs: () => clock.ms });
  return { sysfs, clock, files, read, at: (index: number, name: string) => join(place(index), name) };
}

describe('the reader of hwmon', () => {
  it('tells temperatures and fans of each chip, with the names that the driver gives them', async () => {
    const { read } = setUp([
      {
        device: 'platform/coretemp.0',
        files: {
          name: 'coretemp\n',
          temp10_input: '61000\n',
          temp2_input: '55000\n',
          temp2_label: 'Core 0\n',
          temp2_max: '100000\n',
          fan1_input: '1200\n',
          in0_input: '1100\n',
          power1_input: '5000000\n',
        },
      },
    ]);
    const chip = { chip: 'coretemp', device: 'coretemp.0', readErrors: {} };
    expect(await read()).toEqual([
      { ...chip, sensor: 'temp2', label: 'Core 0', quantity: 'temperature', value: 55 },
      { ...chip, sensor: 'temp10', label: '', quantity: 'temperature', value: 61 },
      { ...chip, sensor: 'fan1', label: '', quantity: 'fan', value: 1200 },
    ]);
  });

  it('lets a sensor that fails, is broken or absurd cost only its own value', async () => {
    const { read, at } = setUp([
      {
        device: 'i2c-1/1-0048',
        files: {
          name: 'tmp451\n',
          temp3_input: '127000\n',
          temp3_fault: '1\n',
          temp4_input: '-128000\n',
          temp5_input: '40000\n',
          temp5_fault: '0\n',
          fan1_input: '-1\n',
        },
      },
      { device: 'pci0000:00/0000:00:18.3', files: { name: 'k10temp\n', temp1_input: '50000\n' } },
    ]);
    mkdirSync(at(0, 'temp1_input'));
    const told = (await read()).map(({ sensor, value, readErrors }) => [sensor, value, readErrors]);
    expect(told).toEqual([
      ['temp1', undefined, { other: 1 }],
      ['temp3', undefined, {}],
      ['temp4', undefined, {}],
      ['temp5', 40, {}],
      ['fan1', undefined, {}],
      ['temp1', 50, {}],
    ]);
  });

  it('tells of a chip that hangs which sensor does, asks it nothing more, and costs others nothing', async () => {
    const sensors = { temp1_input: '30000\n', temp9_input: '90000\n' };
    const { read, at } = setUp([
      { device: 'a/stuck', files: { name: 'stuck\n', ...sensors, temp5_label: 'five\n' } },
      { device: 'a/good', files: { name: 'good\n', ...sensors, fan1_input: '800\n' } },
    ]);
    const hung = [2, 3, 4, 5, 6, 7, 8].map((number) => hungFile(at(0, `temp${number}_input`)));
    const told = async () =>
      (await read()).map(({ chip, sensor, value, readErrors }) => [chip, sensor, value, readErrors]);
    const healthy = [
      ['good', 'temp1', 30, {}],
      ['good', 'temp9', 90, {}],
      ['good', 'fan1', 800, {}],
    ];
    const silent = [3, 4, 5, 6, 7, 8, 9].map((number) => ['stuck', `temp${number}`, undefined, {}]);
    const temp2 = (timeout: number) => ['stuck', 'temp2', undefined, { timeout }];
    expect(await told()).toEqual([['stuck', 'temp1', 30, {}], temp2(1), ...silent, ...healthy]);
    for (const round of [2, 3]) {
      expect(await told()).toEqual([['stuck', 'temp1', undefined, {}], temp2(round), ...silent, ...healthy]);
    }
    for (const one of hung) one.answer('20000\n');
    await waitFor('it is read again', async () => (await read())[7]?.value);
    expect((await read()).slice(0, 9).map(({ value }) => value)).toEqual([30, ...Array(7).fill(20), 90]);
  });

  it('never tells the same series twice, however alike chips are', async () => {
    const files = { name: 'nvme\n', temp1_input: '30000\n', temp1_label: 'Composite\n' };
    const { read } = setUp([
      { device: 'a/nvme0', files },
      { device: 'a/nvme1', files },
      { device: 'a/nvme1', files },
      { files },
      { files },
    ]);
    const readings = await read();
    expect(readings.map(({ device }) => device)).toEqual([
      'nvme0',
      'nvme1',
      'nvme1:hwmon2',
      'hwmon3',
      'hwmon4',
    ]);
    const { collect } = createHwmonCollector(async () => readings);
    const samples = (await collect(new AbortController().signal)).flatMap((block) => block.samples());
    expect(new Set(samples.map(({ labels }) => JSON.stringify(labels))).size).toBe(5);
  });

  it('reads the files of an old driver from the folder of its device', async () => {
    const { read, sysfs } = setUp([{ device: 'isa/w83627', files: {} }]);
    const folder = join(sysfs, 'devices/isa/w83627');
    writeFileSync(join(folder, 'name'), 'w83627hf\n');
    writeFileSync(join(folder, 'temp1_input'), '33000\n');
    expect(await read()).toMatchObject([{ chip: 'w83627hf', device: 'w83627', sensor: 'temp1', value: 33 }]);
  });

  it.each(['suspended', 'suspending'])(
    'does not ask a device that is %s, which would wake it',
    async (status) => {
      const { read, sysfs, at } = setUp([{ device: 'pci/0000:03:00.0', files: { name: 'amdgpu\n' } }]);
      mkdirSync(join(sysfs, 'devices/pci/0000:03:00.0/power'));
      const statusFile = join(sysfs, 'devices/pci/0000:03:00.0/power/runtime_status');
      writeFileSync(statusFile, `${status}\n`);
      // Whoever opens it hangs, and would be counted.
      hungFile(at(0, 'temp1_input')).answer('44000\n');
      writeFileSync(at(0, 'temp1_label'), 'edge\n');
      expect(await read()).toMatchObject([{ sensor: 'temp1', value: undefined, readErrors: {} }]);
      writeFileSync(statusFile, 'active\n');
      expect(await read()).toMatchObject([{ sensor: 'temp1', label: 'edge', value: 44 }]);
    },
  );

  it('sees a chip that has come within a minute', async () => {
    const { read, clock, sysfs } = setUp();
    expect(await read()).toEqual([]);
    mkdirSync(join(sysfs, 'class/hwmon/hwmon0'));
    writeFileSync(join(sysfs, 'class/hwmon/hwmon0/temp1_input'), '1000\n');
    clock.ms = 60_000;
    expect(await read()).toMatchObject([{ chip: '', device: 'hwmon0', value: 1 }]);
  });

  it('still tells which sensors hang a minute later, when nothing can be looked up for them', async () => {
    const { read, clock, at } = setUp([
      { device: 'a/first', files: { name: 'one\n', temp1_label: 'Tctl\n' } },
      { device: 'a/second', files: { name: 'two\n', temp2_input: '30000\n' } },
    ]);
    for (const index of [0, 1]) hungFile(at(index, 'temp1_input'));
    const known = (await read()).map(({ readErrors, value, ...rest }) => rest);
    expect(known.map(({ chip, device, label }) => `${chip} ${device} ${label}`)).toEqual([
      'one first Tctl',
      'two second ',
      'two second ',
    ]);
    clock.ms = 60_000;
    const later = await read();
    expect(later.map(({ readErrors, value, ...rest }) => rest)).toEqual(known);
    expect(later[0]?.readErrors).toEqual({ timeout: 2 });
  });

  it('does not tell a chip by half a name, while what hangs has all places', async () => {
    const chip = { name: 'one\n', temp1_label: 'Tctl\n', temp1_input: '30000\n' };
    const { read, clock, files, sysfs } = setUp([{ device: 'a/first', files: chip }]);
    const paths = ['hung0', 'hung1'].map((name) => join(sysfs, name));
    const hung = paths.map((path) => hungFile(path));
    await Promise.all(paths.map((path) => files.readText(path)));
    expect(await read()).toEqual([]);
    for (const one of hung) one.answer('');
    await waitFor('there are places again', async () => files.hung().length === 0 || undefined);
    clock.ms = 60_000;
    expect(await read()).toMatchObject([{ chip: 'one', label: 'Tctl', value: 30 }]);
  });

  it('finds none on a machine without any', async () => {
    const files = createSlowFiles(createGate(2));
    expect(await createHwmonReader({ sysfs: tempFolder(), files, elapsedMs: () => 0 })()).toEqual([]);
  });

  it('throws where there are chips that cannot be listed, and asks again the next time', async () => {
    const sysfs = tempFolder({ 'class/other': '' });
    symlinkSync('hwmon', join(sysfs, 'class/hwmon'));
    const read = createHwmonReader({ sysfs, files: createSlowFiles(createGate(2)), elapsedMs: () => 0 });
    await expect(read()).rejects.toMatchObject({ code: 'unreadable' });
    await expect(read()).rejects.toThrow(/^reading .*class\/hwmon: ELOOP$/);
  });
});
