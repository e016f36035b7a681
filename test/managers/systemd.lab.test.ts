import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectBus } from '../../src/host/bus.ts';
import { createRehearsal } from '../../src/managers/rehearsal.ts';
import { createSystemdManager } from '../../src/managers/systemd.ts';
import { unitRef } from '../fakes/repairs.ts';
import { addCrashingUnit } from '../lab/crashing-unit.ts';
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
  const show = async (name: string, key: string) =>
    (await lab.run(['systemctl', 'show', '--value', '-p', key, name])).stdout.trim();

  it('tells a unit as systemctl does', async () => {
    await lab.writeUnit('simple.service', `[Install]\nAlias=other.service\n${SIMPLE}`);
    await lab.run(['systemctl', 'enable', '--now', 'simple.service']);
    const unit = await manager.inspect(unitRef('other.service'), limit());
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
    });
  });

  it('knows no unit that does not exist', async () => {
    expect(await manager.inspect(unitRef('nothing.service'), limit())).toBeUndefined();
  });

  it('restarts a unit that has hit its start limit', async () => {
    const crashing = await addCrashingUnit(lab, 'crashing@1.service');
    await crashing.start();
    await crashing.crash();
    const before = crashing.invocations().length;
    const outcome = await manager.run('restart', unitRef(crashing.name), limit());
    expect(outcome).toMatchObject({ accepted: true, jobResult: 'done', unit: { activeState: 'active' } });
    await waitFor('it has started', () => (crashing.invocations().length > before ? true : undefined));
    expect(crashing.invocations().length).toBe(before + 1);
  });

  it('restarts a unit that systemd has dropped from its memory', async () => {
    await lab.writeUnit('forgotten.service', SIMPLE);
    expect(await manager.run('restart', unitRef('forgotten.service'), limit())).toMatchObject({
      accepted: true,
      jobResult: 'done',
      unit: { activeState: 'active' },
    });
  });

  it.each([
    [
      'a failed dependency',
      'needs.service',
      `[Unit]\nRequires=broken.service\nAfter=broken.service\n${SIMPLE}`,
      'dependency',
    ],
    [
      'a start that never ends in time',
      'late.service',
      `${SIMPLE}Type=notify\nTimeoutStartSec=500ms\n`,
      'failed',
    ],
    [
      'a condition that does not hold',
      'unless.service',
      `[Unit]\nConditionPathExists=/nothing\n${SIMPLE}`,
      'done',
    ],
    [
      'a start that fails at once',
      'broken.service',
      '[Service]\nType=oneshot\nExecStart=/bin/false\n',
      'failed',
    ],
  ])('tells the result of a job with %s', async (_what, name, text, jobResult) => {
    await lab.writeUnit('broken.service', '[Service]\nType=oneshot\nExecStart=/bin/false\n');
    await lab.writeUnit(name, text);
    const outcome = await manager.run('restart', unitRef(name), limit());
    expect(outcome).toMatchObject({ accepted: true, jobResult });
    expect(outcome.unit?.activeState).not.toBe('active');
  });

  it.each([
    ['is masked', 'masked.service', 'UnitMasked'],
    ['refuses manual starts', 'manual.service', 'OnlyByDependency'],
    ['does not exist', 'nothing.service', 'NoSuchUnit'],
  ])('tells that systemd refuses a unit that %s, without an exception', async (_what, name, error) => {
    await lab.run(['ln', '-sf', '/dev/null', '/etc/systemd/system/masked.service']);
    await lab.writeUnit('manual.service', `[Unit]\nRefuseManualStart=yes\n${SIMPLE}`);
    const outcome = await manager.run('restart', unitRef(name), limit());
    expect(outcome).toMatchObject({ accepted: false, detail: expect.stringContaining(error) });
  });

  it('works again after the bus has gone and come back', async () => {
    await manager.inspect(unitRef('simple.service'), limit());
    await lab.run(['systemctl', 'kill', '--signal=KILL', 'dbus.service']);
    const unit = await waitFor('the bus answers again', () =>
      manager.inspect(unitRef('simple.service'), limit()),
    );
    expect(unit.activeState).toBe('active');
  });

  it('touches nothing in a rehearsal, and says what it would do', async () => {
    const before = await show('simple.service', 'InvocationID');
    const outcome = await createRehearsal(manager).run('restart', unitRef('simple.service'), limit());
    expect(outcome).toMatchObject({
      accepted: true,
      detail: 'dry run: would restart simple.service, which is active (running)',
    });
    expect(await show('simple.service', 'InvocationID')).toBe(before);
  });
});
