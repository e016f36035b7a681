import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import { KeptFiles } from '../../../src/host/files/kept-files.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { createThermalReader } from '../../../src/sources/thermal/source.ts';
import { hungFile } from '../../fakes/hung-file.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';

/** A reader of a sysfs with these files below the zones' folder, and a clock set by hand. */
function setUp(files: Readonly<Record<string, string>> = {}, folder = 'class/thermal') {
  const sysfs = tempFolder(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text])),
  );
  const clock = { ms: 0 };
  const kept = new KeptFiles(100);
  onTestFinished(() => kept.close());
  const slow = createSlowFiles(createGate(2), 300);
  const read = createThermalReader({ sysfs, files: slow, kept, elapsedMs: () => clock.ms });
  return { sysfs, clock, read, at: (name: string) => join(sysfs, folder, name) };
}

const NOTHING_SAID = { mode: '', policy: '', trips: [], readErrors: {} };

describe('thermal zones', () => {
  it('are told in the order of their numbers, types that repeat included', async () => {
    const { read } = setUp({
      'thermal_zone10/type': 'acpitz\n',
      'thermal_zone10/temp': '10000\n',
      'thermal_zone2/type': 'acpitz\n',
      'thermal_zone2/temp': '2000\n',
      'thermal_zone0/type': 'x86_pkg_temp\n',
      'thermal_zone0/temp': '41500\n',
    });
    expect((await read()).zones).toEqual([
      { ...NOTHING_SAID, zone: '0', type: 'x86_pkg_temp', celsius: 41.5 },
      { ...NOTHING_SAID, zone: '2', type: 'acpitz', celsius: 2 },
      { ...NOTHING_SAID, zone: '10', type: 'acpitz', celsius: 10 },
    ]);
  });

  it('lose a value that cannot be read, and count why; the others have theirs', async () => {
    const { read, at } = setUp({
      'thermal_zone0/type': 'powered-off\n',
      'thermal_zone0/temp': '-256000\n',
      'thermal_zone1/type': 'failing\n',
      'thermal_zone2/type': 'without-temp\n',
      'thermal_zone3/temp': '30000\n',
      'thermal_zone4/type': 'good\n',
      'thermal_zone4/temp': '40000\n',
    });
    // A folder in the file's place fails as a sensor does, but with an error that is not told apart.
    mkdirSync(at('thermal_zone1/temp'));
    await read();
    expect((await read()).zones).toEqual([
      { ...NOTHING_SAID, zone: '0', type: 'powered-off', celsius: undefined },
      { ...NOTHING_SAID, zone: '1', type: 'failing', celsius: undefined, readErrors: { temp: { other: 2 } } },
      { ...NOTHING_SAID, zone: '2', type: 'without-temp', celsius: undefined },
      { ...NOTHING_SAID, zone: '3', type: '', celsius: 30 },
      { ...NOTHING_SAID, zone: '4', type: 'good', celsius: 40 },
    ]);
  });

  it('are told without the one that hangs, which is counted, and with it once it answers', async () => {
    const { read, at } = setUp({
      'thermal_zone0/type': 'stuck\n',
      'thermal_zone1/type': 'good\n',
      'thermal_zone1/temp': '40000\n',
    });
    const hung = hungFile(at('thermal_zone0/temp'));
    await read();
    const [stuck, good] = (await read()).zones;
    expect(stuck).toMatchObject({ type: 'stuck', celsius: undefined, readErrors: { temp: { timeout: 2 } } });
    expect(good).toMatchObject({ type: 'good', celsius: 40, readErrors: {} });
    hung.answer('50000\n');
    const celsius = await waitFor('it is read again', async () => (await read()).zones[0]?.celsius);
    expect(celsius).toBe(50);
  });

  it('keep their names and trip points a minute later, when those that hang leave no place to look', async () => {
    const { read, clock, at } = setUp({
      'thermal_zone0/type': 'one\n',
      'thermal_zone1/type': 'two\n',
      'thermal_zone2/type': 'three\n',
      'thermal_zone2/temp': '1000\n',
      'thermal_zone2/trip_point_0_temp': '90000\n',
    });
    for (const zone of [0, 1]) hungFile(at(`thermal_zone${zone}/temp`));
    await read();
    clock.ms = 60_000;
    const { zones } = await read();
    expect(zones.map(({ type }) => type)).toEqual(['one', 'two', 'three']);
    expect(zones[2]?.trips).toEqual([{ trip: '0', type: '', celsius: 90 }]);
    expect(zones[0]?.readErrors).toEqual({ temp: { timeout: 2 } });
  });

  it('have their mode, their governor and the trip points that are in use', async () => {
    const { read } = setUp({
      'thermal_zone0/type': 'cpu-thermal\n',
      'thermal_zone0/temp': '50000\n',
      'thermal_zone0/mode': 'enabled\n',
      'thermal_zone0/policy': 'step_wise\n',
      'thermal_zone0/trip_point_10_temp': '104500\n',
      'thermal_zone0/trip_point_10_type': 'critical\n',
      'thermal_zone0/trip_point_0_temp': '99000\n',
      'thermal_zone0/trip_point_0_type': 'passive\n',
      'thermal_zone0/trip_point_0_hyst': '1000\n',
      'thermal_zone0/trip_point_1_temp': '0\n',
      'thermal_zone0/trip_point_1_type': 'active\n',
      'thermal_zone0/trip_point_2_temp': '-274000\n',
      'thermal_zone0/trip_point_2_type': 'hot\n',
    });
    const [zone] = (await read()).zones;
    expect(zone).toMatchObject({ mode: 'enabled', policy: 'step_wise' });
    expect(zone?.trips).toEqual([
      { trip: '0', type: 'passive', celsius: 99 },
      { trip: '10', type: 'critical', celsius: 104.5 },
    ]);
  });

  it('are asked for what hardly changes once a minute', async () => {
    const { read, clock, at } = setUp({
      'thermal_zone0/temp': '1000\n',
      'thermal_zone0/policy': 'step_wise\n',
      'thermal_zone0/trip_point_0_temp': '90000\n',
      'thermal_zone0/trip_point_0_type': 'passive\n',
    });
    await read();
    writeFileSync(at('thermal_zone0/policy'), 'user_space\n');
    writeFileSync(at('thermal_zone0/trip_point_0_temp'), '95000\n');
    writeFileSync(at('thermal_zone0/temp'), '2000\n');
    clock.ms = 59_999;
    expect((await read()).zones).toMatchObject([
      { celsius: 2, policy: 'step_wise', trips: [{ celsius: 90 }] },
    ]);
    clock.ms = 60_000;
    expect((await read()).zones).toMatchObject([{ policy: 'user_space', trips: [{ celsius: 95 }] }]);
  });

  it('come and go, and one that comes again has failed never', async () => {
    const { read, at } = setUp({ 'thermal_zone0/type': 'first\n' });
    mkdirSync(at('thermal_zone0/temp'));
    expect((await read()).zones).toMatchObject([{ type: 'first', readErrors: { temp: { other: 1 } } }]);
    rmSync(at('thermal_zone0'), { recursive: true });
    expect((await read()).zones).toEqual([]);
    mkdirSync(at('thermal_zone0'));
    writeFileSync(at('thermal_zone0/type'), 'second\n');
    expect((await read()).zones).toMatchObject([{ type: 'second', readErrors: {} }]);
  });
});

describe('cooling devices', () => {
  it('and trip points have an error counter for each of their files', async () => {
    const { read, clock, at } = setUp({ 'cooling_device0/type': 'Fan\n', 'thermal_zone0/type': 'soc\n' });
    const broken = ['cur_state', 'max_state'].map((name) => `cooling_device0/${name}`);
    for (const path of [...broken, 'thermal_zone0/trip_point_0_temp']) mkdirSync(at(path));
    await read();
    const second = await read();
    const once = { other: 1 };
    expect(second.coolingDevices[0]?.readErrors).toEqual({ cur_state: { other: 2 }, max_state: once });
    expect(second.zones[0]?.readErrors).toEqual({ trip_point_0_temp: once });
    clock.ms = 60_000;
    expect((await read()).zones[0]?.readErrors).toEqual({ trip_point_0_temp: { other: 2 } });
  });

  it('have their state and the highest one; a state that cannot be read is left out', async () => {
    const { read, at } = setUp({
      'cooling_device0/type': 'Processor\n',
      'cooling_device0/cur_state': '0\n',
      'cooling_device0/max_state': '10\n',
      'cooling_device1/type': 'Processor\n',
      'cooling_device1/max_state': '3\n',
    });
    mkdirSync(at('cooling_device1/cur_state'));
    expect((await read()).coolingDevices).toEqual([
      { device: '0', type: 'Processor', state: 0, maxState: 10, readErrors: {} },
      {
        device: '1',
        type: 'Processor',
        state: undefined,
        maxState: 3,
        readErrors: { cur_state: { other: 1 } },
      },
    ]);
  });
});

/** Counts of a processor, and where it is. */
function cpu(number: number, place: readonly [string, string], core: number, all: number) {
  return {
    [`cpu${number}/topology/physical_package_id`]: `${place[0]}\n`,
    [`cpu${number}/topology/core_id`]: `${place[1]}\n`,
    [`cpu${number}/thermal_throttle/core_throttle_count`]: `${core}\n`,
    [`cpu${number}/thermal_throttle/package_throttle_count`]: `${all}\n`,
  };
}

describe('throttle counts of processors', () => {
  const CPUS = 'devices/system/cpu';

  it('keep what a processor has counted that goes offline, and go on where it begins anew', async () => {
    const { read, clock, at } = setUp(
      { ...cpu(0, ['0', '0'], 500, 500), ...cpu(1, ['1', '1'], 500, 500) },
      CPUS,
    );
    const counts = async () => (await read()).cpuThrottles;
    expect(await counts()).toEqual({ core: 1000, package: 1000 });
    // Files that are kept open answer nothing then; a plain one does if it is empty.
    for (const scope of ['core', 'package'])
      truncateSync(at(`cpu1/thermal_throttle/${scope}_throttle_count`));
    rmSync(at('cpu1/thermal_throttle'), { recursive: true });
    expect(await counts()).toEqual({ core: 1000, package: 1000 });
    for (const minute of [1, 2]) {
      clock.ms = minute * 60_000;
      expect(await counts()).toEqual({ core: 1000, package: 1000 });
    }
    rmSync(at('cpu1'), { recursive: true });
    clock.ms = 180_000;
    expect(await counts()).toEqual({ core: 1000, package: 1000 });
  });

  it('never fall, also where the kernel has begun anew', async () => {
    const { read, at } = setUp(cpu(0, ['0', '0'], 500, 70), CPUS);
    const set = (count: number) =>
      writeFileSync(at('cpu0/thermal_throttle/core_throttle_count'), `${count}\n`);
    expect((await read()).cpuThrottles).toEqual({ core: 500, package: 70 });
    set(2);
    expect((await read()).cpuThrottles).toEqual({ core: 502, package: 70 });
    set(5);
    expect((await read()).cpuThrottles).toEqual({ core: 505, package: 70 });
    truncateSync(at('cpu0/thermal_throttle/core_throttle_count'));
    expect((await read()).cpuThrottles).toEqual({ core: 505, package: 70 });
  });

  it('are summed over cores and over packages, each once whoever tells of it', async () => {
    const { read, at } = setUp(
      {
        ...cpu(0, ['0', '0'], 5, 100),
        ...cpu(1, ['0', '1'], 7, 100),
        ...cpu(2, ['0', '0'], 5, 101), // the second thread of core 0
        ...cpu(3, ['1', '0'], 2, 30),
        'cpufreq/x': '',
        'cpu4/topology/core_id': '9\n', // offline
      },
      CPUS,
    );
    expect((await read()).cpuThrottles).toEqual({ core: 14, package: 131 });
    writeFileSync(at('cpu3/thermal_throttle/core_throttle_count'), '4\n');
    expect((await read()).cpuThrottles).toEqual({ core: 16, package: 131 });
  });

  it('are not there where the processor does not count', async () => {
    const { read } = setUp({ 'cpu0/topology/core_id': '0\n' }, CPUS);
    expect((await read()).cpuThrottles).toEqual({});
  });
});

describe('the reader of heat', () => {
  it('passes over what is neither a zone nor a cooling device', async () => {
    const { read } = setUp({ 'thermal_zone/temp': '1\n', 'thermal_zone1x/temp': '1\n', 'cooling/type': 'x' });
    expect(await read()).toEqual({ zones: [], coolingDevices: [], cpuThrottles: {} });
  });

  it('finds nothing on a machine without any', async () => {
    expect(await setUp().read()).toEqual({ zones: [], coolingDevices: [], cpuThrottles: {} });
  });

  it('throws where the zones are there and cannot be listed', async () => {
    const { sysfs, read } = setUp({ 'x/y': '' }, 'class/other');
    symlinkSync('thermal', join(sysfs, 'class/thermal'));
    await expect(read()).rejects.toMatchObject({ code: 'unreadable' });
  });
});
