import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connectBus } from '../../src/host/bus.ts';
import { createSystemdManager } from '../../src/managers/systemd.ts';
import { unitRef } from '../fakes/repairs.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { addNotingUnit, type NotingUnit, type NotingUnitText } from '../lab/noting-unit.ts';
import { waitFor } from '../lab/wait.ts';

describeLab('restarts of several units that are asked for in the same turn', () => {
  let lab: Lab;
  let manager: ReturnType<typeof createSystemdManager>;
  let base: NotingUnit;

  beforeAll(async () => {
    lab = await startLab();
    manager = createSystemdManager(() => connectBus({ address: lab.busAddress }));
    // It takes its time to be up, and tells then.
    const up = `ExecStartPost=/bin/sh -c 'sleep 0.3; echo %n is up >>${lab.dir}/starts'`;
    base = await addNotingUnit(lab, 'base.service', { service: `ExecStart=/bin/sleep infinity\n${up}` });
  });
  /** Those of one test would be restarted with the base of the next. */
  const added: string[] = [];
  const add = (name: string, text?: NotingUnitText) => {
    added.push(name);
    return addNotingUnit(lab, name, text);
  };
  afterEach(async () => {
    if (added.length > 0) await systemctl('stop', ...added.splice(0));
    rmSync(join(lab.dir, 'starts'), { force: true });
  });
  afterAll(async () => {
    manager?.close();
    await lab?.stop();
  });

  const limit = () => AbortSignal.timeout(20_000);
  const restart = (...names: readonly string[]) =>
    Promise.all(names.map((name) => manager.run('restart', unitRef(name), limit())));
  /** What has been started since the test began, in order, and when the base was up. */
  const told = () => {
    const file = join(lab.dir, 'starts');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  };
  const systemctl = (...argv: readonly string[]) => lab.run(['systemctl', ...argv]);

  /** Makes the unit what it is to be before the restart. */
  const STATES: Readonly<Record<string, (unit: string) => Promise<unknown>>> = {
    'both run': (unit) => systemctl('start', 'base.service', unit),
    'both are down': (unit) => systemctl('stop', 'base.service', unit),
    'the unit has failed': async (unit) => {
      await systemctl('start', 'base.service', unit);
      await systemctl('kill', '--signal=KILL', unit);
      await waitFor('it has failed', async () =>
        (await systemctl('show', '-p', 'ActiveState', unit)).stdout.includes('failed') ? true : undefined,
      );
    },
    'what it needs has failed': async (unit) => {
      await systemctl('start', unit);
      await systemctl('start', 'base.service');
      await systemctl('kill', '--signal=KILL', 'base.service');
      await waitFor('it has failed', async () =>
        (await base.property('ActiveState')) === 'failed' ? true : undefined,
      );
    },
  };

  const RELATIONS = {
    'requires it': 'Requires=base.service\nAfter=base.service\n',
    'comes after it': 'After=base.service\n',
    'is part of it': 'PartOf=base.service\nAfter=base.service\n',
    'is bound to it': 'BindsTo=base.service\nAfter=base.service\n',
  };

  it.each(
    Object.entries(RELATIONS).flatMap(([relation, lines]) =>
      Object.keys(STATES).map((state) => [relation, state, lines] as const),
    ),
  )('start a unit that %s when it is up, and each once, where %s', async (relation, state, lines) => {
    const name = `${relation.replaceAll(' ', '-')}.service`;
    const unit = await add(name, { unit: lines });
    await STATES[state]?.(name);
    rmSync(join(lab.dir, 'starts'), { force: true });
    const before = [base, unit].map((one) => one.invocations().length);
    const outcomes = await restart('base.service', name);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ accepted: true, jobResult: 'done', unit: { activeState: 'active' } });
    }
    expect(told()).toEqual(['base.service', 'base.service is up', name]);
    expect([base, unit].map((one) => one.invocations().length)).toEqual(before.map((count) => count + 1));
  });

  it('are in no order where the units have none', async () => {
    await add('free.service');
    await systemctl('start', 'base.service', 'free.service');
    rmSync(join(lab.dir, 'starts'), { force: true });
    await restart('base.service', 'free.service');
    expect(told()).toEqual(expect.arrayContaining(['base.service', 'free.service']));
    expect(told().at(-1)).toBe('base.service is up');
  });

  it('leave a unit down whose base does not come up, and say why', async () => {
    // One that fails at once may do so before the job of the other has turned from a restart into a start, and only a start is
    // ended by that (252): then the other comes up.
    const failsLater = "Type=oneshot\nExecStart=/bin/sh -c 'sleep 0.5; exit 1'";
    await add('broken.service', { service: failsLater });
    await add('above.service', { unit: 'Requires=broken.service\nAfter=broken.service\n' });
    expect(await restart('broken.service', 'above.service')).toMatchObject([
      { accepted: true, jobResult: 'failed', unit: { activeState: 'failed' } },
      { accepted: true, jobResult: 'dependency', unit: { activeState: 'inactive' } },
    ]);
  });

  it('go on where one is refused, or called off', async () => {
    await add('last.service', { unit: 'After=base.service\n' });
    const outcomes = await restart('nothing.service', 'base.service', 'last.service');
    expect(outcomes.map(({ accepted }) => accepted)).toEqual([false, true, true]);
    expect(told()).toEqual(['base.service', 'base.service is up', 'last.service']);

    const calling = new AbortController();
    const called = manager.run('restart', unitRef('base.service'), calling.signal);
    const last = manager.run('restart', unitRef('last.service'), limit());
    const reason = new Error('called off');
    calling.abort(reason);
    await expect(called).rejects.toBe(reason);
    expect(await last).toMatchObject({ accepted: true, jobResult: 'done' });
  });
});
