import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectBus } from '../../src/host/bus.ts';
import { createRehearsal } from '../../src/managers/rehearsal.ts';
import { createSystemdManager } from '../../src/managers/systemd.ts';
import { unitRef } from '../fakes/repairs.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';

const SIMPLE = '[Service]\nExecStart=/bin/sleep infinity\n';

describeLab('the manager of the real systemd', () => {
  let lab: Lab;
  let manager: ReturnType<typeof createSystemdManager>;

  beforeAll(async () => {
    lab = await startLab();
    manager = createSystemdManager(() => connectBus({ address: lab.busAddress }));
  });
  afterAll(async () => {
    manager?.close();
    await lab?.stop();
  });

  const limit = () => AbortSignal.timeout(20_000);
  const inspect = (name: string) => manager.inspect(unitRef(name), limit());
  const show = async (name: string, key: string) =>
    (await lab.run(['systemctl', 'show', '--timestamp=us+utc', '--value', '-p', key, name])).stdout.trim();

  /** As systemctl prints it, in microseconds: `Sat 2026-11-21 21:34:30.123456 UTC`. */
  const moment = async (name: string, key: string) =>
    new Date((await show(name, key)).replace(/^\w+ (\S+) (\S+) UTC$/, '$1T$2Z'));

  it('tells a unit as systemctl does', async () => {
    await lab.writeUnit('simple.service', `[Install]\nAlias=other.service\n${SIMPLE}`);
    await lab.run(['systemctl', 'enable', '--now', 'simple.service']);
    const unit = await inspect('other.service');
    expect(unit).toEqual({
      ref: unitRef('other.service'),
      id: 'simple.service',
      names: expect.arrayContaining(['simple.service', 'other.service']),
      loadState: 'loaded',
      activeState: 'active',
      subState: 'running',
      result: 'success',
      invocationId: await show('simple.service', 'InvocationID'),
      canStart: true,
      canStop: true,
      canReload: false,
      isTransient: false,
      changedAt: await moment('simple.service', 'ActiveEnterTimestamp'),
      restarts: 0,
      endedByOrder: false,
      isOneshot: false,
    });
  });

  it('knows a run that ended badly when it was told to end from one that died', async () => {
    // Enabled, so that systemd remembers them when they are down.
    const rude = 'ExecStart=/bin/sh -c \'trap "exit 3" TERM; while :; do sleep 0.05; done\'';
    for (const name of ['rude.service', 'dead.service']) {
      await lab.writeUnit(name, `[Service]\n${rude}\n[Install]\nWantedBy=lab.target\n`);
      await lab.run(['systemctl', 'enable', '--now', name]);
    }
    await lab.run(['systemctl', 'stop', 'rude.service']);
    await lab.run(['systemctl', 'kill', '--signal=KILL', 'dead.service']);
    const failed = async (name: string) => {
      const unit = await inspect(name);
      return unit?.activeState === 'failed' ? unit : undefined;
    };
    expect(await waitFor('it is down', () => failed('rude.service'))).toMatchObject({ endedByOrder: true });
    expect(await waitFor('it is down', () => failed('dead.service'))).toMatchObject({ endedByOrder: false });
    // Started anew by somebody, it is as any other.
    await lab.run(['systemctl', 'start', 'rude.service']);
    expect(await inspect('rude.service')).toMatchObject({ activeState: 'active', endedByOrder: false });
  });

  it('knows a service that is done when its process has ended', async () => {
    const once = (more = '') => `[Service]\nType=oneshot\n${more}ExecStart=/bin/true\n`;
    await lab.writeUnit('once.service', `${once()}[Install]\nWantedBy=lab.target\n`);
    await lab.writeUnit('stays.service', once('RemainAfterExit=yes\n'));
    await lab.run(['systemctl', 'enable', '--now', 'once.service', 'stays.service'], { check: false });
    await lab.run(['systemctl', 'start', 'once.service', 'stays.service']);
    expect(await inspect('once.service')).toMatchObject({ isOneshot: true, activeState: 'inactive' });
    expect(await inspect('stays.service')).toMatchObject({ isOneshot: false, activeState: 'active' });
  });

  it('knows when a unit came to its state and when it left it, or that it never did', async () => {
    await lab.writeUnit('idle.service', `${SIMPLE}[Install]\nWantedBy=lab.target\n`);
    // One that nothing refers to is dropped from memory once it has stopped, and all that is known of it.
    await lab.run(['systemctl', 'enable', 'idle.service']);
    expect(await inspect('idle.service')).toMatchObject({ changedAt: undefined, restarts: 0 });
    await lab.run(['systemctl', 'start', 'idle.service']);
    const started = await inspect('idle.service');
    await lab.run(['systemctl', 'stop', 'idle.service']);
    const stopped = await inspect('idle.service');
    expect(stopped?.changedAt).toEqual(await moment('idle.service', 'InactiveEnterTimestamp'));
    expect(Number(stopped?.changedAt)).toBeGreaterThan(Number(started?.changedAt));

    await lab.writeUnit('dropped.service', SIMPLE);
    await lab.run(['systemctl', 'start', 'dropped.service']);
    await lab.run(['systemctl', 'stop', 'dropped.service']);
    expect(await inspect('dropped.service')).toMatchObject({ changedAt: undefined, invocationId: '' });
  });

  it('counts how often systemd has started a service again, and nothing of other units', async () => {
    await lab.writeUnit(
      'again.service',
      `[Unit]\nStartLimitIntervalSec=0\n${SIMPLE}Restart=always\nRestartSec=50ms\n`,
    );
    await lab.run(['systemctl', 'start', 'again.service']);
    for (const times of [1, 2]) {
      await lab.run(['systemctl', 'kill', '--signal=KILL', 'again.service']);
      const unit = await waitFor('it runs again', async () => {
        const now = await inspect('again.service');
        return now?.activeState === 'active' && now.restarts === times ? now : undefined;
      });
      expect(unit.restarts).toBe(times);
    }
    expect(await inspect('basic.target')).toMatchObject({ activeState: 'active', restarts: undefined });
  });

  it('knows a unit that was made at run time', async () => {
    await lab.run(['systemd-run', '--unit=made.service', '/bin/sleep', 'infinity']);
    expect(await inspect('made.service')).toMatchObject({ isTransient: true, activeState: 'active' });
  });

  it('knows no unit that does not exist', async () => {
    expect(await inspect('nothing.service')).toBeUndefined();
  });

  it('restarts a unit that systemd has dropped from its memory', async () => {
    await lab.writeUnit('forgotten.service', SIMPLE);
    expect(await manager.run('restart', unitRef('forgotten.service'), limit())).toMatchObject({
      accepted: true,
      jobResult: 'done',
      unit: { activeState: 'active' },
    });
  });

  it('touches nothing in a rehearsal, and says what it would do', async () => {
    const before = await show('simple.service', 'InvocationID');
    const outcome = await createRehearsal(manager).run('restart', unitRef('simple.service'), limit());
    expect(outcome).toMatchObject({
      accepted: true,
      detail: 'dry run: would restart simple.service, which is active (running)',
    });
    expect(await createRehearsal(manager).run('reload', unitRef('simple.service'), limit())).toMatchObject({
      accepted: false,
      detail: 'dry run: would reload simple.service, which is active (running), and would be refused',
    });
    expect(await show('simple.service', 'InvocationID')).toBe(before);
  });
});
