import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/domain/errors.ts';
import type { ProcessUsage } from '../../../src/domain/launchd.ts';
import { createLaunchctl } from '../../../src/host/launchctl/client.ts';
import { createProgram } from '../../../src/host/programs/program.ts';
import { createPsReader, parsePs, parsePsTime } from '../../../src/sources/launchd/ps.ts';
import {
  commonJobs,
  createLaunchdReader,
  type LaunchdReaderOptions,
} from '../../../src/sources/launchd/source.ts';
import { fakeLaunchctl, type LaunchctlMode } from '../../fakes/launchctl.ts';

const USAGE: ProcessUsage = { cpuSeconds: 2, memoryBytes: 4096, startSeconds: 1000 };
const live = () => new AbortController().signal;

function reader(
  options: Partial<LaunchdReaderOptions> = {},
  mode: LaunchctlMode = 'obeys',
  timeoutMs = 2000,
) {
  const fake = fakeLaunchctl(mode);
  const launchctl = createLaunchctl({ path: fake.path, env: fake.env, timeoutMs });
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
    expect(fake.calls()).toEqual(['print gui/501', 'print-disabled gui/501']);
    expect(commonJobs(await read())).toMatchObject([{ up: undefined }, { up: undefined }]);
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

  it('tells a job that launchd does not print by the list, and all others in full', async () => {
    const { fake, launchctl, read } = reader();
    for (const name of ['a', 'b', 'c']) fake.load(`gui/501/com.example.${name}`, { exit: 3 });
    await launchctl.kickstart('gui/501/com.example.b', false, live());
    fake.setBehaviour('gui/501/com.example.b', 'private');
    const { jobs, failures } = await read();
    expect(jobs).toMatchObject([
      { label: 'com.example.a', state: 'not running', runs: 0 },
      { label: 'com.example.b', state: 'running', runs: undefined, lastExitCode: 3, usage: USAGE },
      { label: 'com.example.c', state: 'not running', runs: 0 },
    ]);
    expect(failures).toEqual({ list: 0, print: 1, 'print-disabled': 0, ps: 0 });
    expect((await read()).failures.print).toBe(2);
  });

  it('asks for no more jobs once launchctl does not answer', async () => {
    const { fake, read } = reader({}, 'obeys', 500);
    fake.load('gui/501/com.example.a');
    fake.load('gui/501/com.example.b', { behaviour: 'mute' });
    fake.load('gui/501/com.example.c');
    const { jobs, failures } = await read();
    expect(jobs.map(({ state }) => state)).toEqual(['not running', undefined, undefined]);
    expect(failures.print).toBe(1);
    expect(fake.calls()).not.toContain('print gui/501/com.example.c');
  });

  it('leaves out what processes use when ps fails, and knows their starts afterwards', async () => {
    let fails = false;
    let startSeconds = 1000;
    const { fake, launchctl, read } = reader({
      readUsage: async (pids) => {
        if (fails) throw new Failure('timeout', 'ps');
        return new Map(pids.map((pid) => [pid, { ...USAGE, startSeconds }]));
      },
    });
    fake.load('gui/501/com.example.worker');
    await launchctl.kickstart('gui/501/com.example.worker', false, live());
    await read();
    fails = true;
    const { jobs, failures } = await read();
    expect(jobs).toMatchObject([{ state: 'running', usage: undefined }]);
    expect(failures.ps).toBe(1);
    fails = false;
    startSeconds = 1002;
    expect((await read()).jobs[0]?.usage?.startSeconds).toBe(1000);
  });

  it('loses a domain that cannot be listed, and no other', async () => {
    const { fake, read } = reader({ domains: ['gui/502', 'gui/501'] });
    fake.load('gui/501/com.example.worker');
    fake.load('gui/502/com.example.other');
    fake.setDomain('gui/502', 'private');
    const { domains, jobs, failures } = await read();
    expect(Object.fromEntries(domains)).toEqual({ 'gui/501': true });
    expect(jobs).toMatchObject([{ label: 'com.example.worker' }]);
    expect(failures.list).toBe(1);
    fake.setDomain('gui/501', 'private');
    await expect(read()).rejects.toMatchObject({ code: 'refused' });
  });

  it('says that its only domain is gone when its user logs out', async () => {
    const { fake, read } = reader();
    fake.load('gui/501/com.example.worker');
    expect((await read()).jobs).toHaveLength(1);
    fake.setDomain('gui/501', 'gone');
    expect(await read()).toMatchObject({ domains: new Map([['gui/501', false]]), jobs: [] });
  });

  it('is called off by its signal', async () => {
    const { fake, launchctl } = reader();
    fake.load('gui/501/com.example.worker', { behaviour: 'mute' });
    const readUsage = async () => new Map();
    const read = createLaunchdReader({ launchctl, readUsage, domains: ['gui/501'], includes: () => true });
    const calling = new AbortController();
    const reading = read(calling.signal);
    reading.catch(() => undefined);
    await expect.poll(() => fake.calls()).toContain('print gui/501/com.example.worker');
    const reason = new Error('called off');
    calling.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it.each(['hang', 'garbage', 'broken'] as const)('fails on a launchctl that does this: %s', async (mode) => {
    await expect(reader({}, mode).read()).rejects.toMatchObject({ name: 'Failure' });
  });

  it('gives what jobs have in common with other units', async () => {
    const { fake, launchctl, read } = reader();
    fake.load('gui/501/com.example.worker', { runs: 4 });
    fake.load('gui/501/com.example.wtimer', { behaviour: 'timed', runs: 7, exit: 0 });
    fake.load('gui/501/com.example.x', { exit: 1 });
    await launchctl.kickstart('gui/501/com.example.worker', false, live());
    const nothing = { memoryBytes: undefined, cpuSeconds: undefined, startSeconds: undefined };
    expect(commonJobs(await read())).toEqual([
      { manager: 'launchd', name: 'gui/501/com.example.worker', up: true, restarts: 4, ...USAGE },
      {
        manager: 'launchd',
        name: 'gui/501/com.example.wtimer',
        up: undefined,
        restarts: undefined,
        ...nothing,
      },
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
