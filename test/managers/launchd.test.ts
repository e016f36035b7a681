import { describe, expect, it } from 'vitest';
import type { UnitRef } from '../../src/domain/unit.ts';
import { systemClock } from '../../src/host/clock.ts';
import { createLaunchctl } from '../../src/host/launchctl/client.ts';
import { createLaunchdManager } from '../../src/managers/launchd.ts';
import { type FakeLaunchctl, fakeLaunchctl } from '../fakes/launchctl.ts';

const LABEL = 'com.example.worker';
const TARGET = `gui/501/${LABEL}`;
const REF: UnitRef = { manager: 'launchd', scope: 'gui/501', name: LABEL };

function managerOf(fake: FakeLaunchctl, plists: ReadonlyMap<string, string> = new Map()) {
  const launchctl = createLaunchctl({ path: fake.path, env: fake.env });
  return createLaunchdManager({ launchctl, plists, clock: systemClock, settleMs: 5000 });
}

const limit = () => AbortSignal.timeout(20_000);
/** What was asked of launchctl beside questions. */
const orders = (fake: FakeLaunchctl) => fake.calls().filter((call) => !call.startsWith('print'));

describe('what launchd says of a job, as a unit', () => {
  it.each([
    [{ exit: 0 }, { activeState: 'inactive', subState: 'not running', result: 'success' }],
    [{ exit: 1 }, { activeState: 'failed', subState: 'not running', result: 'exit-code' }],
    [
      { exit: 1, rest: 'spawn scheduled' },
      { activeState: 'activating', subState: 'spawn scheduled' },
    ],
    [
      { exit: 78, rest: 'spawn scheduled' },
      { activeState: 'activating', result: 'configuration' },
    ],
    [{ signal: 9 }, { activeState: 'failed', result: 'signal' }],
    [{ signal: 15 }, { activeState: 'inactive', result: 'success' }],
    [{ rest: 'waiting' }, { activeState: 'inactive', subState: 'waiting', result: '', invocationId: '' }],
    [{ rest: 'xpcproxy' }, { activeState: 'activating', subState: 'xpcproxy' }],
    [{ rest: 'something new' }, { activeState: 'inactive', subState: 'other' }],
  ])('is of a job with %j', async (job, unit) => {
    const fake = fakeLaunchctl();
    fake.load(TARGET, job);
    expect(await managerOf(fake).inspect(REF, limit())).toMatchObject({ loadState: 'loaded', ...unit });
  });

  it('keeps the name of a run that has ended, and gives the next one another', async () => {
    const fake = fakeLaunchctl();
    fake.load(TARGET);
    const manager = managerOf(fake);
    const { unit: first } = await manager.run('start', REF, limit());
    process.kill(Number(fake.file(TARGET, 'pid')), 'SIGKILL');
    await expect.poll(async () => (await manager.inspect(REF, limit()))?.activeState).toBe('inactive');
    const ended = await manager.inspect(REF, limit());
    expect(ended?.invocationId).toBe(first?.invocationId);
    const { unit: second } = await manager.run('start', REF, limit());
    expect(second?.invocationId).not.toBe(first?.invocationId);
  });
});

describe('what is done to a job of launchd', () => {
  it('ends it with kickstart -k, whatever it was doing', async () => {
    const fake = fakeLaunchctl();
    fake.load(TARGET, { exit: 1, rest: 'spawn scheduled', runs: 4711 });
    const outcome = await managerOf(fake).run('restart', REF, limit());
    expect(outcome).toMatchObject({ accepted: true, jobResult: 'done', unit: { activeState: 'active' } });
    expect(orders(fake)).toEqual([`kickstart -k ${TARGET}`]);
  });

  it('waits for a start that is under way: the process of its preparations becomes the program', async () => {
    const fake = fakeLaunchctl();
    fake.load(TARGET, { behaviour: 'prepares' });
    const launchctl = createLaunchctl({ path: fake.path, env: fake.env });
    await launchctl.kickstart(TARGET, false, limit());
    const manager = managerOf(fake);
    expect(await manager.inspect(REF, limit())).toMatchObject({ subState: 'xpcproxy' });
    const pid = fake.file(TARGET, 'pid');
    expect(await manager.run('start', REF, limit())).toMatchObject({
      accepted: true,
      jobResult: 'done',
      unit: { activeState: 'active' },
    });
    expect([fake.starts(TARGET), fake.file(TARGET, 'pid')]).toEqual([1, pid]);
  });

  it('waits for the process that follows one which was still being prepared', async () => {
    const fake = fakeLaunchctl();
    fake.load(TARGET, { behaviour: 'prepares' });
    const manager = managerOf(fake);
    await createLaunchctl({ path: fake.path, env: fake.env }).kickstart(TARGET, false, limit());
    const before = await manager.inspect(REF, limit());
    const outcome = await manager.run('restart', REF, limit());
    expect(outcome).toMatchObject({ jobResult: 'done', unit: { activeState: 'active' } });
    expect(outcome.unit?.invocationId).not.toBe(before?.invocationId);
    expect(fake.starts(TARGET)).toBe(2);
  });

  it('does not load again what it has not unloaded itself, or what somebody has loaded since', async () => {
    const fake = fakeLaunchctl();
    const plist = fake.writePlist(LABEL);
    const launchctl = createLaunchctl({ path: fake.path, env: fake.env });
    const manager = managerOf(fake);
    fake.load(TARGET, { plist, behaviour: 'refuses' });
    expect(await manager.run('stop', REF, limit())).toMatchObject({ accepted: false });
    fake.setBehaviour(TARGET, 'runs');
    await launchctl.bootout(TARGET, limit());
    expect(await manager.inspect(REF, limit())).toBeUndefined();
    expect(await manager.run('start', REF, limit())).toMatchObject({ accepted: false });

    fake.load(TARGET, { plist });
    expect(await manager.run('stop', REF, limit())).toMatchObject({ jobResult: 'done' });
    expect(await manager.inspect(REF, limit())).toMatchObject({ loadState: 'not-loaded', canStart: true });
    fake.load(TARGET, { plist });
    await manager.inspect(REF, limit());
    await launchctl.bootout(TARGET, limit());
    expect(await manager.inspect(REF, limit())).toBeUndefined();
    expect(await manager.run('start', REF, limit())).toMatchObject({ accepted: false });
  });

  it('tells that it has started and failed for its configuration', async () => {
    const fake = fakeLaunchctl();
    fake.load(TARGET, { behaviour: 'config' });
    expect(await managerOf(fake).run('restart', REF, limit())).toMatchObject({
      accepted: true,
      jobResult: 'failed',
      detail: `launchd has started ${TARGET}, which has failed (configuration)`,
    });
  });

  it('waits for a job that takes its time to be unloaded', async () => {
    const fake = fakeLaunchctl();
    fake.load(TARGET, { plist: fake.writePlist(LABEL) });
    const manager = managerOf(fake);
    await manager.run('start', REF, limit());
    fake.setBehaviour(TARGET, 'slow');
    expect(await manager.run('stop', REF, limit())).toMatchObject({ accepted: true, jobResult: 'done' });
    expect(fake.file(TARGET, 'pid')).toBeUndefined();
  });

  it.each([
    ['starts by itself when it is loaded', true, [`bootstrap gui/501`]],
    ['does not', false, ['bootstrap gui/501', `kickstart ${TARGET}`]],
  ])(
    'loads a job from the property list that the configuration names; it %s',
    async (_what, runAtLoad, calls) => {
      const fake = fakeLaunchctl();
      const plist = fake.writePlist(LABEL, 'runs', runAtLoad);
      const manager = managerOf(fake, new Map([[TARGET, plist]]));
      expect(await manager.inspect(REF, limit())).toMatchObject({ loadState: 'not-loaded', canStart: true });
      expect(await manager.run('start', REF, limit())).toMatchObject({ jobResult: 'done' });
      expect(orders(fake).map((call) => call.replace(` ${plist}`, ''))).toEqual(calls);
      expect(fake.starts(TARGET)).toBe(1);
    },
  );

  it('does not load a job of which it does not know from where', async () => {
    const fake = fakeLaunchctl();
    const outcome = await managerOf(fake).run('start', REF, limit());
    expect(outcome).toMatchObject({ accepted: false, detail: expect.stringContaining('is not loaded') });
    expect(orders(fake)).toEqual([]);
  });

  it('knows that a job that is not loaded is disabled', async () => {
    const fake = fakeLaunchctl();
    fake.disable('gui/501', LABEL);
    const manager = managerOf(fake, new Map([[TARGET, fake.writePlist(LABEL)]]));
    expect(await manager.inspect(REF, limit())).toMatchObject({ loadState: 'disabled', canStart: false });
  });

  it('does not unload a job that it could not load again', async () => {
    const fake = fakeLaunchctl();
    fake.load(TARGET, { plist: '(submitted by smd.553)' });
    const outcome = await managerOf(fake).run('stop', REF, limit());
    expect(outcome).toMatchObject({
      accepted: false,
      detail: expect.stringContaining('has no property list'),
    });
    expect(orders(fake)).toEqual([]);
  });

  it('tells a property list that launchd does not take', async () => {
    const fake = fakeLaunchctl();
    const manager = managerOf(fake, new Map([[TARGET, '/nowhere.plist']]));
    expect(await manager.run('start', REF, limit())).toMatchObject({
      accepted: false,
      detail: `launchd refused to load ${TARGET}: Bootstrap failed: 5: Input/output error (exit code 5)`,
    });
  });

  it('gives launchctl no name that it has not checked', async () => {
    const fake = fakeLaunchctl();
    const manager = managerOf(fake);
    for (const name of ['-k', '--', 'a b\t', '$(touch x)', ';ls', '*', 'a\\b']) {
      await manager.run('restart', { ...REF, name }, limit());
      await manager.inspect({ ...REF, name }, limit());
    }
    expect(fake.calls()).toEqual([]);
  });
});
