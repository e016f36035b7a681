import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import { UNWANTED_MOUNTPOINTS, UNWANTED_NETWORK_DEVICES } from '../../../src/domain/machine.ts';
import { createSlowFiles, type SlowFiles } from '../../../src/host/slow/slow-files.ts';
import { createMachineReader } from '../../../src/sources/machine/source.ts';
import { hungFile } from '../../fakes/hung-file.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const NET_LINE = '1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0';

/** A reader of a machine that is made of these files, with the names that are left out by default. */
function setUp(files: Readonly<Record<string, string>> = {}, remoteFileSystems = false) {
  const root = tempFolder(files);
  const slow = createSlowFiles(createGate(2), 300);
  return {
    root,
    files: slow,
    read: readerOf(root, slow, remoteFileSystems),
    at: (name: string) => join(root, name),
  };
}

function readerOf(root: string, files: SlowFiles, remoteFileSystems: boolean) {
  return createMachineReader({
    procfs: join(root, 'proc'),
    sysfs: join(root, 'sys'),
    run: join(root, 'run'),
    files,
    remoteFileSystems,
    wantsMountpoint: (name) => !whole(UNWANTED_MOUNTPOINTS).test(name),
    wantsNetworkDevice: (name) => !whole(UNWANTED_NETWORK_DEVICES).test(name),
  });
}

const NOTHING = { values: {}, cpuSeconds: {}, fileSystems: [], networkDevices: [], disks: [] };

describe('the reader of the machine', () => {
  it('says nothing, and does not fail, where there is nothing to read', async () => {
    expect(await setUp().read()).toEqual(NOTHING);
  });

  it('lets a file that cannot be read cost only what is in it', async () => {
    const { read, at } = setUp({
      'proc/loadavg': '1.00 2.00 3.00 1/2 3\n',
      'proc/stat': 'cpu  100 0 0 0\nbtime 5\n',
      'run/x': '',
    });
    mkdirSync(at('proc/meminfo'));
    mkdirSync(at('proc/pressure/cpu'), { recursive: true });
    mkdirSync(at('proc/net/dev'), { recursive: true });
    expect(await read()).toEqual({
      ...NOTHING,
      values: { 'load.1': 1, 'load.5': 2, 'load.15': 3, bootSeconds: 5, rebootRequired: 0 },
      cpuSeconds: { user: 1, nice: 0, system: 0, idle: 0 },
    });
  });

  it('knows when the distribution asks for a reboot', async () => {
    const { read } = setUp({ 'run/reboot-required': '*** System restart required ***\n' });
    expect((await read()).values).toEqual({ rebootRequired: 1 });
  });

  it('tells whole disks, and neither partitions nor what is no disk', async () => {
    const done = '1 0 8 0 1 0 8 0 0 4 4';
    const names = [
      'sda',
      'sda1',
      'nvme0n1',
      'nvme0n1p1',
      'dm-0',
      'md0',
      'cciss/c0d0',
      'loop0',
      'ram0',
      'zram0',
      'sr0',
    ];
    const whole = ['sda', 'nvme0n1', 'dm-0', 'md0', 'cciss!c0d0', 'loop0', 'ram0', 'zram0', 'sr0'];
    const { read } = setUp({
      'proc/diskstats': names.map((name) => `8 0 ${name} ${done}\n`).join(''),
      ...Object.fromEntries(whole.map((name) => [`sys/block/${name}/size`, '1\n'])),
    });
    const disks = (await read()).disks.map(({ device }) => device);
    expect(disks).toEqual(['sda', 'nvme0n1', 'dm-0', 'md0', 'cciss/c0d0']);
  });

  it('leaves the loopback and the ends of containers out', async () => {
    const names = ['lo', 'eth0', 'veth1a2b', 'docker0', 'wlp3s0', 'cali123', 'lxcbr0'];
    const { read } = setUp({ 'proc/net/dev': names.map((name) => `${name}: ${NET_LINE}\n`).join('') });
    const devices = (await read()).networkDevices.map(({ device }) => device);
    expect(devices).toEqual(['eth0', 'docker0', 'wlp3s0', 'lxcbr0']);
  });
});

/** One file system of each kind, at folders below the root that PID 1 sees. */
const MOUNTINFO = [
  '27 1 254:1 / / rw - ext4 /dev/vda1 rw',
  '28 27 8:1 / /data ro - xfs /dev/sda1 rw',
  '29 27 8:2 / /gone rw - ext4 /dev/sdb1 rw',
  '30 27 0:40 / /nfs rw - nfs4 server:/export rw',
  '31 27 0:41 / /run/credentials/x.service ro - tmpfs tmpfs ro',
  '',
].join('\n');

describe('file systems', () => {
  const FILES = { 'proc/1/root/data/x': '', 'proc/1/root/nfs/x': '', 'proc/1/mountinfo': MOUNTINFO };

  it('are those that PID 1 sees, with their sizes; one that cannot be asked has none', async () => {
    const { fileSystems } = await setUp(FILES).read();
    expect(fileSystems.map(({ mountpoint, readOnly }) => [mountpoint, readOnly])).toEqual([
      ['/', false],
      ['/data', true],
      ['/gone', false],
    ]);
    expect(fileSystems.map(({ sizes }) => sizes !== undefined)).toEqual([true, true, false]);
    const { sizeBytes = 0, freeBytes = 0, availableBytes = 0 } = fileSystems[0]?.sizes ?? {};
    expect(sizeBytes).toBeGreaterThan(0);
    expect(sizeBytes).toBeGreaterThanOrEqual(freeBytes);
    expect(freeBytes).toBeGreaterThanOrEqual(availableBytes);
  });

  it('are known to be there, and nothing else, while what hangs has all places', async () => {
    const { read, at, files } = setUp(FILES);
    await read();
    for (const name of ['hung0', 'hung1']) hungFile(at(name));
    await Promise.all(['hung0', 'hung1'].map((name) => files.readText(at(name))));
    const { fileSystems } = await read();
    expect(fileSystems.map(({ mountpoint, sizes, unasked }) => [mountpoint, sizes, unasked])).toEqual([
      ['/', undefined, true],
      ['/data', undefined, true],
      ['/gone', undefined, true],
    ]);
  });

  it('are asked as those of other machines if the way to them leads over such', async () => {
    const root = tempFolder({
      ...FILES,
      'proc/1/mountinfo': `${MOUNTINFO}32 30 8:9 / /nfs/disk rw - ext4 /dev/sdc1 rw\n`,
      'proc/1/root/nfs/disk/x': '',
    });
    const remote: string[] = [];
    const files = createSlowFiles(createGate(2), 300);
    const remoteSizes: typeof files.remoteSizes = (path) => {
      remote.push(path.slice(join(root, 'proc/1/root').length));
      return files.remoteSizes(path);
    };
    await readerOf(root, { ...files, remoteSizes }, true)();
    expect(remote).toEqual(['/nfs', '/nfs/disk']);
  });

  it('of other machines are told where that is wanted', async () => {
    const { fileSystems } = await setUp(FILES, true).read();
    expect(fileSystems.map(({ device }) => device)).toContain('server:/export');
  });

  it('are those of fettle itself where it may not look at those of PID 1, and then not read-only by its mounts', async () => {
    const { read, root } = setUp({ 'proc/1/mountinfo': MOUNTINFO });
    mkdirSync(join(root, 'proc/self'));
    const own = setUp({
      'proc/1/mountinfo': MOUNTINFO,
      'proc/self/mountinfo': '27 1 254:1 / / ro - ext4 /dev/vda1 rw\n',
    });
    expect((await read()).fileSystems).toEqual([]);
    expect((await own.read()).fileSystems).toMatchObject([{ mountpoint: '/', readOnly: false }]);
  });
});

describe.runIf(process.platform === 'linux')('the machine that runs the tests', () => {
  it('is told in full, within its own bounds', async () => {
    const read = createMachineReader({
      procfs: '/proc',
      sysfs: '/sys',
      run: '/run',
      files: createSlowFiles(createGate(2), 5000),
      remoteFileSystems: false,
      wantsMountpoint: () => true,
      wantsNetworkDevice: () => true,
    });
    const { values, cpuSeconds, networkDevices } = await read();
    expect(values['memory.available']).toBeLessThan(values['memory.total'] ?? 0);
    expect(values.bootSeconds).toBeLessThan(Date.now() / 1000);
    expect(values.cpus).toBeGreaterThan(0);
    expect(cpuSeconds.idle).toBeGreaterThan(0);
    expect(networkDevices.map(({ device }) => device)).toContain('lo');
  });
});

/** As the configuration takes patterns. */
function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}
