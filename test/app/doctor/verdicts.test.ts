import { describe, expect, it } from 'vitest';
import { type CgroupMounts, cgroupVerdict } from '../../../src/app/doctor/cgroups.ts';
import { clockVerdict } from '../../../src/app/doctor/clock.ts';
import { inotifyVerdict } from '../../../src/app/doctor/inotify.ts';
import { journalStateVerdict } from '../../../src/app/doctor/journal-state.ts';
import { roomVerdict } from '../../../src/app/doctor/ledger.ts';
import { listenerVerdict } from '../../../src/app/doctor/listeners.ts';
import { journalVerdict, kernelLogVerdict } from '../../../src/app/doctor/logs.ts';
import { nodeVerdict } from '../../../src/app/doctor/node.ts';
import { polkitVerdict } from '../../../src/app/doctor/polkit.ts';
import { tokenVerdict } from '../../../src/app/doctor/secrets.ts';
import { sensorVerdict } from '../../../src/app/doctor/sensors.ts';
import { privateSocketVerdict, systemdVerdict } from '../../../src/app/doctor/systemd.ts';
import type { Verdict, VerdictState } from '../../../src/domain/finding.ts';
import type { FileSystemSizes } from '../../../src/host/slow/slow-files.ts';

const PLACE = { host: '::', port: 10558 };
const STATE = { version: '252', state: 'degraded', virtualisation: '', controlGroup: '' };
const FREE = { exists: false, folder: '/s', problem: undefined };
const V2: CgroupMounts = { version: 'v2', controllers: ['cpu', 'io', 'memory', 'pids'], seesUnits: true };

function sizes(change: Partial<FileSystemSizes>) {
  const usual = { blockBytes: 4096, blocks: 2 ** 20, freeBlocks: 2 ** 19, availableBlocks: 2 ** 19 };
  return { value: { ...usual, inodes: 1000, freeInodes: 900, ...change } };
}

const listener = (owner: Parameters<typeof listenerVerdict>[2]) =>
  listenerVerdict(PLACE, 'exporter.listen', owner);

const CASES: readonly (readonly [VerdictState, RegExp, Verdict])[] = [
  ['ok', /v20\.19\.0$/, nodeVerdict('v20.19.0')],
  ['ok', /v22\.1\.0$/, nodeVerdict('v22.1.0')],
  ['fail', /v20\.18\.3 is too old/, nodeVerdict('v20.18.3')],
  ['fail', /v18\.20\.0 is too old/, nodeVerdict('v18.20.0')],

  ['ok', /systemd 252 answers.* degraded$/, systemdVerdict({ state: STATE })],
  ['fail', /does not answer: gone/, systemdVerdict({ problem: 'gone', isBooted: true })],
  ['ok', /private socket/, privateSocketVerdict(undefined)],
  ['fail', /private socket: EACCES/, privateSocketVerdict('EACCES')],

  ['ok', /cgroups v2 can be read/, cgroupVerdict(V2)],
  ['ok', /cgroups v1/, cgroupVerdict({ version: 'v1', controllers: undefined, seesUnits: undefined })],
  ['fail', /no cgroups/, cgroupVerdict({ version: undefined, controllers: undefined, seesUnits: undefined })],
  ['fail', /units .* not among them/, cgroupVerdict({ ...V2, seesUnits: false })],
  ['warn', /v2 without memory, pids$/, cgroupVerdict({ ...V2, controllers: ['cpu'] })],

  ['ok', /kmsg/, kernelLogVerdict({ problem: undefined }, undefined)],
  ['ok', /the journal tells it \(EPERM\)/, kernelLogVerdict({ problem: 'EPERM' }, { problem: undefined })],
  ['warn', /EPERM; journalctl: none/, kernelLogVerdict({ problem: 'EPERM' }, { problem: 'none' })],
  ['ok', /can be read/, journalVerdict({ problem: undefined })],
  ['warn', /cannot be read: none/, journalVerdict({ problem: 'none' })],

  ['ok', /zones: 2, hwmon chips: 0/, sensorVerdict({ zones: 2, chips: 0 })],
  ['ok', /there are none/, sensorVerdict({ zones: 0, chips: 0 })],
  ['warn', /cannot be listed/, sensorVerdict({ zones: undefined, chips: 3 })],

  ['ok', /2048 MiB are free at \/var/, roomVerdict('/var', sizes({}))],
  ['warn', /78 MiB/, roomVerdict('/var', sizes({ availableBlocks: 20_000 }))],
  ['fail', /0 MiB/, roomVerdict('/var', sizes({ availableBlocks: 255 }))],
  ['fail', /no inodes/, roomVerdict('/var', sizes({ freeInodes: 0 }))],
  ['ok', /MiB/, roomVerdict('/var', sizes({ inodes: 0, freeInodes: 0 }))],
  ['fail', /timeout/, roomVerdict('/var', { error: 'timeout' })],

  ['ok', /^\/s\/j can be made when/, journalStateVerdict('/s/j', FREE, sizes({}))],
  ['ok', /^\/s\/j can be written to$/, journalStateVerdict('/s/j', { ...FREE, exists: true }, sizes({}))],
  ['warn', /^\/s cannot be .*EROFS/, journalStateVerdict('/s/j', { ...FREE, problem: 'EROFS' }, sizes({}))],
  ['warn', /no room .* at \/s$/, journalStateVerdict('/s/j', FREE, sizes({ availableBlocks: 0 }))],
  ['warn', /no room/, journalStateVerdict('/s/j', FREE, sizes({ freeInodes: 0 }))],
  ['warn', /timeout/, journalStateVerdict('/s/j', FREE, { error: 'timeout' })],

  ['ok', /\[::\]:10558 is free/, listener({ kind: 'nobody' })],
  ['ok', /any free port/, listenerVerdict({ host: '::', port: 0 }, 'exporter.listen', { kind: 'nobody' })],
  ['ok', /a fettle listens/, listener({ kind: 'fettle' })],
  ['warn', /password or a certificate/, listener({ kind: 'guarded' })],
  ['fail', /taken by another program/, listener({ kind: 'other' })],
  ['fail', /EACCES/, listener({ kind: 'refused', error: 'EACCES' })],

  ['ok', /not by everybody/, tokenVerdict('/t', { isWorldReadable: false })],
  ['warn', /everybody .* may read \/t$/, tokenVerdict('/t', { isWorldReadable: true })],
  ['fail', /no token/, tokenVerdict('/t', { problem: 'no token' })],

  [
    'warn',
    /50-fettle\.rules has a rule .* is not known$/,
    polkitVerdict({ files: ['50-fettle.rules'], hidden: [] }),
  ],
  ['warn', /may not be looked into/, polkitVerdict({ files: [], hidden: ['/etc/polkit-1/rules.d'] })],
  ['fail', /no rule/, polkitVerdict({ files: [], hidden: [] })],

  ['ok', /is synchronised/, clockVerdict({ synchronised: true })],
  ['warn', /not synchronised/, clockVerdict({ synchronised: false })],
  ['warn', /nobody tells .*\(no bus\)/, clockVerdict({ problem: 'no bus' })],

  ['ok', /65536 files/, inotifyVerdict({ maxWatches: 65_536, maxInstances: 128, problem: undefined })],
  ['ok', /can be watched/, inotifyVerdict({ maxWatches: undefined, maxInstances: 1, problem: undefined })],
  ['warn', /4096 files/, inotifyVerdict({ maxWatches: 4096, maxInstances: 128, problem: undefined })],
  ['fail', /ENOSPC/, inotifyVerdict({ maxWatches: 65_536, maxInstances: 128, problem: 'ENOSPC' })],
];

describe('verdicts', () => {
  it.each(CASES)('%s: %s', (state, told, verdict) => {
    expect(verdict.state).toBe(state);
    expect(verdict.told).toMatch(told);
  });

  it('say what to do about all that is not as it should be, and about nothing else', () => {
    for (const [state, , verdict] of CASES) {
      if (state === 'ok') expect(verdict.mend).toBeUndefined();
      else expect(verdict.mend).toMatch(/^[A-Z]/);
    }
  });

  it('name what is lost, and the command that mends it', () => {
    expect(clockVerdict({ synchronised: false }).mend).toContain('over a restart of the machine');
    expect(kernelLogVerdict({ problem: 'EPERM' }, { problem: 'none' }).mend).toContain('xid-gate');
    const rule = 'fettle polkit CONFIG > /etc/polkit-1/rules.d/10-fettle.rules';
    for (const files of [[], ['50-fettle.rules']]) {
      expect(polkitVerdict({ files, hidden: [] }).mend).toContain(rule);
    }
  });

  it('give advice that fits why systemd does not answer, or nobody may listen', () => {
    expect(systemdVerdict({ problem: '', isBooted: true }).mend).toContain('systemctl start dbus');
    expect(systemdVerdict({ problem: '', isBooted: false }).mend).toContain('mount /run/dbus');
    const mend = (error: string) => listener({ kind: 'refused', error }).mend;
    expect(mend('EACCES')).toContain('below 1024');
    expect(mend('EADDRNOTAVAIL')).toContain('no such address');
    expect(mend('EMFILE')).toContain('exporter.listen');
  });
});
