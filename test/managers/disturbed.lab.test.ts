import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBus } from '../../src/host/bus.ts';
import { createSystemdManager } from '../../src/managers/systemd.ts';
import { polkitRule } from '../../src/policy/polkit-rule.ts';
import { processInLab } from '../bench/process-cost.ts';
import { aPolicy, unitRef } from '../fakes/repairs.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { addNotingUnit, type NotingUnit } from '../lab/noting-unit.ts';
import { addUser, bringPolkitBack, type LabUser, setPolkitRule, takePolkitAway } from '../lab/user.ts';
import { waitFor } from '../lab/wait.ts';

const SLOW = 'ExecStartPre=/bin/sleep 1\nExecStart=/bin/sleep infinity';

describeLab('a restart in whose middle something goes wrong', () => {
  let lab: Lab;
  let manager: ReturnType<typeof createSystemdManager>;
  let slow: NotingUnit;
  let quick: NotingUnit;

  beforeAll(async () => {
    lab = await startLab();
    manager = createSystemdManager(() => connectBus({ address: lab.busAddress }));
    slow = await addNotingUnit(lab, 'slow.service', { service: SLOW });
    quick = await addNotingUnit(lab, 'quick.service');
    await lab.run(['systemctl', 'start', slow.name, quick.name]);
  });
  afterAll(async () => {
    manager?.close();
    await lab?.stop();
  });

  const limit = () => AbortSignal.timeout(20_000);
  const restart = ({ name }: NotingUnit) => manager.run('restart', unitRef(name), limit());
  /** A look that works within 10 s, at a unit that is up. */
  const seenUp = ({ name }: NotingUnit) =>
    waitFor(
      'the unit is seen to be up',
      async () => {
        const unit = await manager.inspect(unitRef(name), limit());
        return unit?.activeState === 'active' ? unit : undefined;
      },
      { timeoutMs: 10_000 },
    );
  const startedMore = (unit: NotingUnit, before: number) =>
    waitFor('it is being started', () => (unit.invocations().length > before ? true : undefined));
  const busDaemon = () => processInLab(lab.pid, 'dbus-daemon');

  it.each<[string, string, () => unknown, object]>([
    ['reloads its units', 'systemd', () => lab.run(['systemctl', 'daemon-reload']), { jobResult: 'done' }],
    // Whether the end of the job is told depends on who is faster.
    ['executes itself anew', 'systemd', () => lab.run(['systemctl', 'daemon-reexec']), { accepted: true }],
    [
      'is killed, with all that it knew',
      'the bus',
      () => process.kill(busDaemon(), 'SIGKILL'),
      { code: 'unreachable' },
    ],
    [
      'is stopped and started by somebody',
      'the bus',
      async () => {
        await lab.run(['systemctl', 'stop', 'dbus.service', 'dbus.socket']);
        await lab.run(['systemctl', 'start', 'dbus.socket', 'dbus.service']);
      },
      { code: 'unreachable' },
    ],
  ])('ends, and is one restart, if this %s: %s', async (_what, _who, disturb, expected) => {
    const before = slow.invocations().length;
    const end = restart(slow).catch((thrown: unknown) => thrown);
    await startedMore(slow, before);
    await disturb();
    expect(await end).toMatchObject(expected);
    const unit = await seenUp(slow);
    expect(slow.invocations().length).toBe(before + 1);
    expect(unit.invocationId).toBe(slow.invocations().at(-1));
    // And the next one is as if nothing had been.
    expect(await restart(quick)).toMatchObject({ accepted: true, jobResult: 'done' });
  });

  it('is done or not, and never twice, if systemd executes itself anew just then', async () => {
    for (let round = 0; round < 8; round++) {
      const before = quick.invocations().length;
      const again = lab.run(['systemctl', 'daemon-reexec']);
      const end = await restart(quick).catch((thrown: unknown) => thrown);
      await again;
      await seenUp(quick);
      const restarts = quick.invocations().length - before;
      expect({ restarts, isOnce: restarts <= 1 }).toEqual({ restarts, isOnce: true });
      if (typeof end === 'object' && end !== null && 'accepted' in end) {
        expect({ end, restarts }).toEqual({ end, restarts: end.accepted ? 1 : 0 });
      }
    }
  });

  it('is a failure that tells so, and no restart, if the bus dies with the order in its hands', async () => {
    const before = quick.invocations().length;
    await seenUp(quick);
    process.kill(busDaemon(), 'SIGSTOP');
    const end = restart(quick).catch((thrown: unknown) => thrown);
    process.kill(busDaemon(), 'SIGKILL');
    expect(await end).toMatchObject({ name: 'Failure', code: 'unreachable' });
    await seenUp(quick);
    expect(quick.invocations().length).toBe(before);
  });

  it('is called off by its signal while systemd hangs, and at most one restart once it goes on', async () => {
    const before = quick.invocations().length;
    await seenUp(quick);
    process.kill(lab.pid, 'SIGSTOP');
    try {
      const reason = new Error('called off');
      const calling = new AbortController();
      const end = manager.run('restart', unitRef(quick.name), calling.signal);
      setImmediate(() => setImmediate(() => calling.abort(reason)));
      await expect(end).rejects.toBe(reason);
    } finally {
      process.kill(lab.pid, 'SIGCONT');
    }
    await seenUp(quick);
    expect(quick.invocations().length - before).toBeLessThanOrEqual(1);
  });

  describe('by a user who is not root', () => {
    let user: LabUser;
    const order = { order: 'run', action: 'restart', units: ['quick.service'] } as const;

    beforeAll(async () => {
      user = addUser(lab, 'fettle');
      const policy = aPolicy({ allow: ['quick.service', 'slow.service'] });
      await setPolkitRule(lab, polkitRule([policy], { user: 'fettle', file: 'fettle.yml' }));
    });

    it('is refused in words while there is no polkit, and works once it is back', async () => {
      const before = quick.invocations().length;
      await takePolkitAway(lab);
      const refused = await user.carryOut([order]);
      await bringPolkitBack(lab);
      expect(refused).toMatchObject([
        { given: [{ accepted: false, detail: expect.stringMatching(/^systemd refused to restart quick/) }] },
      ]);
      expect(quick.invocations().length).toBe(before);
      expect(await user.carryOut([order])).toMatchObject([
        { given: [{ accepted: true, jobResult: 'done' }] },
      ]);
      expect(quick.invocations().length).toBe(before + 1);
    });

    it('goes on without polkit once it was allowed', async () => {
      const before = slow.invocations().length;
      const end = user.carryOut([{ ...order, units: [slow.name] }]);
      await startedMore(slow, before);
      await takePolkitAway(lab);
      expect(await end).toMatchObject([{ given: [{ accepted: true, jobResult: 'done' }] }]);
      await bringPolkitBack(lab);
      expect(slow.invocations().length).toBe(before + 1);
    });

    it('is not done if polkit dies before it has answered', async () => {
      const before = quick.invocations().length;
      await lab.run(['systemctl', 'start', 'polkit.service']);
      process.kill(processInLab(lab.pid, 'polkitd'), 'SIGSTOP');
      const file = '/tmp/asking';
      const end = user.carryOut([{ order: 'touch', file }, order]);
      await waitFor('it is about to ask', () => (existsSync(join(lab.root, file)) ? true : undefined));
      process.kill(processInLab(lab.pid, 'polkitd'), 'SIGKILL');
      await takePolkitAway(lab);
      const [, result] = await end;
      expect(result).toMatchObject({
        given: [{ accepted: false, detail: expect.stringMatching(/^systemd refused to restart quick/) }],
      });
      await bringPolkitBack(lab);
      expect(quick.invocations().length).toBe(before);
      expect(await user.carryOut([order])).toMatchObject([
        { given: [{ accepted: true, jobResult: 'done' }] },
      ]);
      expect(quick.invocations().length).toBe(before + 1);
    });

    it('is given up if polkit does not answer, and not done if it does so later', async () => {
      const before = quick.invocations().length;
      await lab.run(['systemctl', 'start', 'polkit.service']);
      const polkit = processInLab(lab.pid, 'polkitd');
      process.kill(polkit, 'SIGSTOP');
      const [result] = await user.carryOut([order]);
      process.kill(polkit, 'SIGCONT');
      expect(result).toMatchObject({ error: 'Failure', message: expect.stringContaining('10 s') });
      await seenUp(quick);
      expect(await user.carryOut([order])).toMatchObject([
        { given: [{ accepted: true, jobResult: 'done' }] },
      ]);
      expect(quick.invocations().length).toBe(before + 1);
    });
  });
});
