import { describe, expect, it } from 'vitest';
import type { ProcessUsage } from '../../../src/domain/launchd.ts';
import { createLaunchctl } from '../../../src/host/launchctl/client.ts';
import { createProgram } from '../../../src/host/program.ts';
import { createPsReader, parsePs, parsePsTime } from '../../../src/sources/launchd/ps.ts';
import {
  commonJobs,
  createLaunchdReader,
  type LaunchdReaderOptions,
} from '../../../src/sources/launchd/source.ts';
import { fakeLaunchctl, type LaunchctlMode } from '../../fakes/launchctl.ts';

const USAGE: ProcessUsage = { cpuSeconds: 2, memoryBytes: 4096, startSeconds: 1000 };
const live = () => new AbortController().signal;

function reader(options: Partial<LaunchdReaderOptions> = {}, mode: LaunchctlMode = 'obeys') {
  const fake = fakeLaunchctl(mode);
  const launchctl = createLaunchctl({ path: fake.path, env: fake.env, uid: 501, timeoutMs: 2000 });
  const read = createLaunchdReader({
    launchctl,
    readUsage: async (pids) => new Map(pids.map((pid) => [pid, USAGE])),
    domains: ['gui/501'],
    includes: () => true,
    ...options,
  });
  return { fake, launchctl, read: () => read(live()) };
}

describe('createLaunchdReader', () => {
  it('gives the wanted jobs of all domains, and says which domains are there', async () => {
    const { fake, launchctl, read } = reader({
      domains: ['gui/501', 'system', 'gui/777'],
      includes: (label) => !label.startsWith('com.apple.'),
    });
    fake.load('gui/501/com.example.worker');
    fake.load('gui/501/com.apple.mdworker');
    fake.load('system/com.example.helper', { exit: 78, rest: 'spawn scheduled', runs: 22_011 });
    await launchctl.kickstart('gui/501/com.example.worker', false, live());
    const { domains, jobs } = await read();
    expect(Object.fromEntries(domains)).toEqual({ 'gui/501': true, system: true, 'gui/777': false });
    expect(jobs).toMatchObject([
      {
        label: 'com.example.worker',
        domain: 'gui/501',
        state: 'running',
        runs: 1,
        usage: USAGE,
        enabled: true,
      },
      { label: 'com.example.helper', state: 'spawn scheduled', lastExitCode: 78, usage: undefined },
    ]);
    expect(fake.calls().filter((call) => call.includes('com.apple'))).toEqual([]);
  });

  it('tells a job of an odd label by the list alone', async () => {
    const { fake, read } = reader();
    fake.load('gui/501/com.example.été', { exit: 3 });
    fake.load('gui/501/-k');
    const { jobs } = await read();
    expect(jobs).toMatchObject([
      { label: '-k', state: undefined, runs: undefined },
      { label: 'com.example.été', state: undefined, lastExitCode: 3 },
    ]);
    expect(fake.calls()).toEqual(['list', 'print-disabled gui/501']);
  });

  it('tells what is disabled', async () => {
    const { fake, read } = reader();
    fake.load('gui/501/com.example.worker');
    fake.disable('gui/501', 'com.example.worker');
    expect((await read()).jobs).toMatchObject([{ enabled: false }]);
  });

  it('keeps the start of a process that ps rounds differently each time', async () => {
    let startSeconds = 1000;
    const { fake, launchctl, read } = reader({
      readUsage: async (pids) => new Map(pids.map((pid) => [pid, { ...USAGE, startSeconds }])),
    });
    fake.load('gui/501/com.example.worker');
    await launchctl.kickstart('gui/501/com.example.worker', false, live());
    await read();
    startSeconds = 1001;
    expect((await read()).jobs[0]?.usage?.startSeconds).toBe(1000);
    startSeconds = 2000;
    expect((await read()).jobs[0]?.usage?.startSeconds).toBe(2000);
  });

  it.each(['hang', 'garbage', 'broken'] as const)('fails on a launchctl that does this: %s', async (mode) => {
    await expect(reader({}, mode).read()).rejects.toMatchObject({ name: 'Failure' });
  });

  it('gives what jobs have in common with other units', async () => {
    const { fake, launchctl, read } = reader();
    fake.load('gui/501/com.example.worker', { runs: 4 });
    fake.load('gui/501/com.example.x', { exit: 1 });
    await launchctl.kickstart('gui/501/com.example.worker', false, live());
    const nothing = { memoryBytes: undefined, cpuSeconds: undefined, startSeconds: undefined };
    expect(commonJobs(await read())).toEqual([
      { manager: 'launchd', name: 'gui/501/com.example.worker', up: true, restarts: 4, ...USAGE },
      { manager: 'launchd', name: 'gui/501/com.example.x', up: false, restarts: 0, ...nothing },
    ]);
  });
});

describe('createPsReader', () => {
  it('asks the real ps once for all', async () => {
    const ps = createProgram('/bin/ps', { timeoutMs: 20_000, killAfterMs: 1000, capBytes: 65_536 });
    const now = Date.now() / 1000;
    const usages = await createPsReader(ps, () => now)([process.pid, 4_194_304], live());
    expect([...usages.keys()]).toEqual([process.pid]);
    const usage = usages.get(process.pid);
    expect(usage?.memoryBytes).toBeGreaterThan(1024 * 1024);
    expect(Math.abs(now - process.uptime() - (usage?.startSeconds ?? 0))).toBeLessThan(5);
  });

  it('asks nobody about nothing', async () => {
    const ps = createProgram('/nowhere/ps', { timeoutMs: 1000, killAfterMs: 1000, capBytes: 1 });
    expect(await createPsReader(ps, () => 0)([], live())).toEqual(new Map());
  });
});

describe('parsePs', () => {
  it('reads what macOS and Linux write, and leaves out what is none', () => {
    const text = '  12  2048   0:01.23  01:00\n7 1 1-02:03:04 2-00:00:00\nx\n9 - 0:00 0:00\n8 1 - -\n';
    expect(Object.fromEntries(parsePs(text, 1_000_000))).toEqual({
      12: { cpuSeconds: 1.23, memoryBytes: 2 * 1024 * 1024, startSeconds: 999_940 },
      7: { cpuSeconds: 93_784, memoryBytes: 1024, startSeconds: 827_200 },
    });
  });

  it.each([
    ['0:00.00', 0],
    ['123:45.67', 7425.67],
    ['01:02:03', 3723],
    ['1-00:00:00', 86_400],
    ['0:01,5', 1.5],
    ['', undefined],
    ['12', undefined],
    ['1:2', undefined],
    ['-1:00', undefined],
  ])('reads the time %j', (text, seconds) => {
    expect(parsePsTime(text)).toBe(seconds);
  });
});
