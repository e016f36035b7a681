import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Limits } from '../../src/domain/throttle.ts';
import { connectBus } from '../../src/host/bus.ts';
import { createSystemdManager } from '../../src/managers/systemd.ts';
import { unitRef } from '../fakes/repairs.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';

const RUNS = '[Service]\nExecStart=/bin/sleep infinity\n';
const NONE = '18446744073709551615';
const ALL: Limits = { cpuQuota: 0.5, memoryHigh: 1, cpuWeight: 1, ioWeight: 1 };
const THROTTLED = {
  CPUQuotaPerSecUSec: '100000',
  MemoryHigh: '67108864',
  CPUWeight: '10',
  IOWeight: '20',
};

describeLab('limits of units of the real systemd', () => {
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
  const limitsOf = (name: string, limits: Partial<Limits> = ALL) => {
    const none = { cpuQuota: undefined, memoryHigh: undefined, cpuWeight: undefined, ioWeight: undefined };
    return manager.limitsOf(unitRef(name), { ...none, ...limits }, limit());
  };
  /** As systemctl shows them, which says it in words of its own. */
  const shown = async (name: string) =>
    (await lab.run(['systemctl', 'show', '-p', 'CPUQuotaPerSecUSec,MemoryHigh,CPUWeight,IOWeight', name]))
      .stdout;

  it.each([
    ['none of its own', '', { CPUQuotaPerSecUSec: NONE, MemoryHigh: NONE, CPUWeight: NONE, IOWeight: NONE }],
    [
      'its own',
      'CPUQuota=50%\nMemoryHigh=128M\nCPUWeight=200\nIOWeight=300\n',
      { CPUQuotaPerSecUSec: '500000', MemoryHigh: '134217728', CPUWeight: '200', IOWeight: '300' },
    ],
    [
      'some of its own',
      'CPUQuota=250%\n',
      { CPUQuotaPerSecUSec: '2500000', MemoryHigh: NONE, CPUWeight: NONE, IOWeight: NONE },
    ],
  ])('are exactly as they were after a throttle of a unit with %s', async (what, text, own) => {
    const name = `${what.replaceAll(' ', '-')}.service`;
    await lab.writeUnit(name, `${RUNS}${text}`);
    await lab.run(['systemctl', 'start', name]);
    const before = await shown(name);
    const saved = await limitsOf(name);
    expect(saved).toEqual(own);

    expect(await manager.setLimits(unitRef(name), THROTTLED, limit())).toMatchObject({
      accepted: true,
      jobResult: 'done',
      detail: `systemd has set CPUQuotaPerSecUSec=100000 MemoryHigh=67108864 CPUWeight=10 IOWeight=20 of ${name}, until the machine restarts`,
      unit: { activeState: 'active' },
    });
    expect(await limitsOf(name)).toEqual(THROTTLED);
    expect(await shown(name)).toContain('CPUQuotaPerSecUSec=100ms');

    // Written down and read again, as the ledger does.
    const written = JSON.parse(JSON.stringify(saved));
    expect(await manager.setLimits(unitRef(name), written, limit())).toMatchObject({ accepted: true });
    expect(await limitsOf(name)).toEqual(saved);
    expect(await shown(name)).toBe(before);
    // systemd keeps what was set in files of its own, which it reads again then.
    await lab.run(['systemctl', 'daemon-reload']);
    expect(await limitsOf(name)).toEqual(saved);
    await lab.run(['systemctl', 'restart', name]);
    expect(await limitsOf(name)).toEqual(saved);
  });

  it('stay over a restart of the unit and a daemon-reload, and nothing is written below /etc', async () => {
    await lab.writeUnit('stays.service', RUNS);
    await lab.run(['systemctl', 'start', 'stays.service']);
    await manager.setLimits(unitRef('stays.service'), THROTTLED, limit());
    await lab.run(['systemctl', 'restart', 'stays.service']);
    await lab.run(['systemctl', 'daemon-reload']);
    expect(await limitsOf('stays.service')).toEqual(THROTTLED);
    const find = async (folder: string) =>
      (await lab.run(['find', folder, '-name', '50-*.conf'])).stdout.trim().split('\n').sort();
    expect(await find('/etc/systemd')).toEqual(['']);
    expect(await find('/run/systemd/system.control/stays.service.d')).toEqual(
      ['CPUQuota', 'CPUWeight', 'IOWeight', 'MemoryHigh'].map(
        (one) => `/run/systemd/system.control/stays.service.d/50-${one}.conf`,
      ),
    );
  });

  it('are read and set by name: the others stay as they are', async () => {
    await lab.writeUnit('one.service', `${RUNS}CPUWeight=77\n`);
    await lab.run(['systemctl', 'start', 'one.service']);
    expect(await limitsOf('one.service', { memoryHigh: 1 })).toEqual({ MemoryHigh: NONE });
    expect(await limitsOf('one.service', {})).toEqual({});
    await manager.setLimits(unitRef('one.service'), { MemoryHigh: '67108864' }, limit());
    expect(await limitsOf('one.service')).toEqual({
      CPUQuotaPerSecUSec: NONE,
      MemoryHigh: '67108864',
      CPUWeight: '77',
      IOWeight: NONE,
    });
  });

  it('are those of slices and scopes as well', async () => {
    await lab.writeUnit('some.slice', '[Slice]\nMemoryHigh=64M\n');
    await lab.run(['systemctl', 'start', 'some.slice']);
    const scope = ['systemd-run', '--scope', '--unit=some.scope', '-p', 'CPUWeight=5', 'sleep', 'infinity'];
    lab.spawn(scope, { log: join(lab.dir, 'scope.log') });
    await waitFor('the scope is there', () => manager.inspect(unitRef('some.scope'), limit()));
    for (const [name, own] of [
      ['some.slice', { MemoryHigh: '67108864', CPUWeight: NONE }],
      ['some.scope', { MemoryHigh: NONE, CPUWeight: '5' }],
    ] as const) {
      const named = { memoryHigh: 1, cpuWeight: 1 };
      expect(await limitsOf(name, named)).toEqual(own);
      const given = { MemoryHigh: '33554432', CPUWeight: '9' };
      expect(await manager.setLimits(unitRef(name), given, limit())).toMatchObject({ accepted: true });
      expect(await limitsOf(name, named)).toEqual(given);
    }
  });

  it('are none of a unit that can have none, or that there is not', async () => {
    await expect(limitsOf('basic.target')).rejects.toMatchObject({
      code: 'refused',
      message: 'reading the limits of basic.target: only services, slices and scopes have any',
    });
    await expect(limitsOf('nothing.service')).rejects.toMatchObject({ code: 'not-found' });
    await expect(limitsOf('a b.service')).rejects.toMatchObject({ code: 'refused' });
  });

  it.each([
    [
      'a unit without limits',
      'basic.target',
      { CPUWeight: '5' },
      'UnknownProperty|PropertyReadOnly|InvalidArgs',
    ],
    ['a unit that does not exist', 'nothing.service', { CPUWeight: '5' }, 'NoSuchUnit'],
    ['a weight that there is not', 'whole.service', { CPUWeight: '10001' }, 'InvalidArgs'],
    ['no time at all', 'whole.service', { CPUQuotaPerSecUSec: '0' }, 'InvalidArgs'],
    ['what is no number', 'whole.service', { MemoryHigh: '64M' }, 'no decimal number of 64 bits'],
    [
      'a number too large',
      'whole.service',
      { MemoryHigh: '18446744073709551616' },
      'of 64 bits; nothing was set',
    ],
  ])('are refused in words for %s', async (_what, name, values, words) => {
    await lab.writeUnit('whole.service', RUNS);
    const outcome = await manager.setLimits(unitRef(name), values, limit());
    expect(outcome).toMatchObject({ accepted: false, jobResult: '', unit: undefined });
    expect(outcome.detail).toMatch(new RegExp(words));
    expect(outcome.detail).toContain(name);
    expect(await limitsOf('whole.service')).toEqual({
      CPUQuotaPerSecUSec: NONE,
      MemoryHigh: NONE,
      CPUWeight: NONE,
      IOWeight: NONE,
    });
  });

  it('are restored to the microsecond; with a daemon-reload systemd itself forgets parts of a percent', async () => {
    await lab.writeUnit('thirds.service', `${RUNS}CPUQuota=33.33%\n`);
    await lab.run(['systemctl', 'start', 'thirds.service']);
    const saved = await limitsOf('thirds.service', { cpuQuota: 1 });
    expect(saved).toEqual({ CPUQuotaPerSecUSec: '333300' });
    await manager.setLimits(unitRef('thirds.service'), { CPUQuotaPerSecUSec: '100000' }, limit());
    await manager.setLimits(unitRef('thirds.service'), saved, limit());
    expect(await limitsOf('thirds.service', { cpuQuota: 1 })).toEqual(saved);
    await lab.run(['systemctl', 'daemon-reload']);
    const after = Number((await limitsOf('thirds.service', { cpuQuota: 1 })).CPUQuotaPerSecUSec);
    expect(Math.abs(333_300 - after)).toBeLessThan(10_000);
  });
});
