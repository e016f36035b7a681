import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Step } from '../../src/domain/step.ts';
import { polkitRule } from '../../src/policy/polkit-rule.ts';
import { aPolicy, aRestart } from '../fakes/repairs.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { addNotingUnit, type NotingUnit } from '../lab/noting-unit.ts';
import { addUser, type LabUser, setPolkitRule } from '../lab/user.ts';
import type { UserOrder, UserResult } from '../lab/user-orders.ts';

const RUNS = 'ExecStart=/bin/sleep infinity\nExecReload=/bin/true\n';

const plain = (action: 'start' | 'stop' | 'reload' | 'reset_failed'): Step => ({
  action,
  waitSeconds: 60,
  onlyIf: [],
});

const throttle: Step = {
  action: 'throttle',
  limits: { cpuQuota: 0.5, memoryHigh: undefined, cpuWeight: undefined, ioWeight: undefined },
  waitSeconds: 60,
  onlyIf: [],
};

/** All that may be done to one unit, and a throttle of another; a third is named by a policy that only rehearses. */
const POLICIES = [
  aPolicy({
    name: 'web',
    allow: ['web.service'],
    steps: [aRestart({ also: ['base.service'] }), ...(['start', 'stop', 'reload'] as const).map(plain)],
  }),
  aPolicy({ name: 'train', allow: ['train.service'], steps: [throttle] }),
  aPolicy({ name: 'rehearsed', mode: 'dry-run', allow: ['rehearsed.service'] }),
];

/** A call of a method of systemd's that takes a unit and a mode. */
const job = (member: string, unit: string): UserOrder => ({
  order: 'call',
  member,
  signature: 'ss',
  body: [unit, 'replace'],
});

const JOBS = [
  'StartUnit',
  'StopUnit',
  'RestartUnit',
  'TryRestartUnit',
  'ReloadUnit',
  'ReloadOrRestartUnit',
  'ReloadOrTryRestartUnit',
];

const resetFailed = (unit: string): UserOrder => ({
  order: 'call',
  member: 'ResetFailedUnit',
  signature: 's',
  body: [unit],
});

const kill = (unit: string): UserOrder => ({
  order: 'call',
  member: 'KillUnit',
  signature: 'ssi',
  body: [unit, 'all', 15],
});

const weight = [['CPUWeight', { signature: 't', value: 5 }]];

const setProperty = (unit: string, runtime = true): UserOrder => ({
  order: 'call',
  member: 'SetUnitProperties',
  signature: 'sba(sv)',
  body: [unit, runtime, weight],
});

/** A method of a unit's own object, which asks polkit as well. */
const ofUnit = (member: string, unit: string, signature: string, body: readonly unknown[]): UserOrder => {
  const label = unit.replace(/[^a-z]/g, (one) => `_${one.charCodeAt(0).toString(16)}`);
  const path = `/org/freedesktop/systemd1/unit/${label}`;
  return { order: 'call', member, signature, body, path, face: 'Unit' };
};

const command = ['/bin/sh', ['/bin/sh', '-c', 'touch /root/was-here'], false];

/** About no unit that is granted: root's own means, or another way to one of them. */
const OTHERS: readonly UserOrder[] = [
  {
    order: 'call',
    member: 'StartTransientUnit',
    signature: 'ssa(sv)a(sa(sv))',
    body: ['own.service', 'replace', [['ExecStart', { signature: 'a(sasb)', value: [command] }]], []],
  },
  // A name that is granted does not make it less of a program of its own.
  {
    order: 'call',
    member: 'StartTransientUnit',
    signature: 'ssa(sv)a(sa(sv))',
    body: ['web.service', 'replace', [['ExecStart', { signature: 'a(sasb)', value: [command] }]], []],
  },
  { order: 'call', member: 'ResetFailed', signature: '', body: [] },
  { order: 'call', member: 'ClearJobs', signature: '', body: [] },
  { order: 'call', member: 'Reload', signature: '', body: [] },
  { order: 'call', member: 'Reexecute', signature: '', body: [] },
  { order: 'call', member: 'SetEnvironment', signature: 'as', body: [['A=b']] },
  { order: 'call', member: 'MaskUnitFiles', signature: 'asbb', body: [['web.service'], true, true] },
  { order: 'call', member: 'EnableUnitFiles', signature: 'asbb', body: [['web.service'], true, true] },
  { order: 'call', member: 'DisableUnitFiles', signature: 'asb', body: [['web.service'], true] },
  { order: 'call', member: 'RevertUnitFiles', signature: 'as', body: [['train.service']] },
  { order: 'call', member: 'FreezeUnit', signature: 's', body: ['web.service'] },
  { order: 'call', member: 'EnqueueUnitJob', signature: 'sss', body: ['web.service', 'restart', 'replace'] },
  { order: 'call', member: 'PowerOff', signature: '', body: [] },
];

describeLab('a user who is not root, with the rule that its policies need', () => {
  let lab: Lab;
  let user: LabUser;
  let units: Record<'web' | 'base' | 'train' | 'other' | 'rehearsed', NotingUnit>;

  beforeAll(async () => {
    lab = await startLab();
    user = addUser(lab, 'fettle');
    units = {
      base: await addNotingUnit(lab, 'base.service', { service: RUNS }),
      web: await addNotingUnit(lab, 'web.service', {
        unit: 'Requires=base.service\nAfter=base.service\n',
        service: RUNS,
      }),
      train: await addNotingUnit(lab, 'train.service', { service: RUNS }),
      other: await addNotingUnit(lab, 'other.service', {
        service: `${RUNS}[Install]\nAlias=alias.service\n`,
      }),
      rehearsed: await addNotingUnit(lab, 'rehearsed.service', { service: RUNS }),
    };
    await lab.run(['systemctl', 'enable', 'other.service']);
    await lab.run(['systemctl', 'start', ...Object.values(units).map(({ name }) => name)]);
    await setPolkitRule(lab, polkitRule(POLICIES, { user: 'fettle', file: 'fettle.yml' }));
  });
  afterAll(() => lab?.stop());

  /** What one order gives. Throws what went wrong. */
  async function given(...orders: readonly UserOrder[]): Promise<readonly unknown[]> {
    return (await user.carryOut(orders)).map((result) => {
      if ('error' in result) throw new Error(`${result.error}: ${result.message}`);
      return result.given;
    });
  }

  /** How often each unit has been started so far. */
  const starts = () => Object.values(units).map((unit) => unit.invocations().length);

  it('looks at any unit', async () => {
    const [web, other] = await given(
      { order: 'inspect', unit: 'web.service' },
      { order: 'inspect', unit: 'other.service' },
    );
    expect(web).toMatchObject({ activeState: 'active', id: 'web.service', restarts: 0 });
    expect(other).toMatchObject({ activeState: 'active', id: 'other.service' });
  });

  it('does to a unit what it was granted', async () => {
    const before = units.web.invocations();
    const outcomes = await given(
      ...(['restart', 'stop', 'start', 'reload', 'reset_failed'] as const).map((action) => ({
        order: 'run' as const,
        action,
        units: ['web.service'],
      })),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject([{ accepted: true, jobResult: 'done' }]);
    expect(units.web.invocations().length).toBe(before.length + 2);
  });

  it('restarts a unit that has failed, with its failure forgotten', async () => {
    await lab.run(['systemctl', 'kill', '--signal=KILL', 'web.service']);
    await expect.poll(() => units.web.property('ActiveState')).toBe('failed');
    expect(await given({ order: 'run', action: 'restart', units: ['web.service'] })).toMatchObject([
      [{ accepted: true, jobResult: 'done', unit: { activeState: 'active' } }],
    ]);
  });

  it('restarts a unit together with the one that it needs, both once', async () => {
    const before = [units.base, units.web].map((unit) => unit.invocations().length);
    const group = { order: 'run', action: 'restart', units: ['base.service', 'web.service'] } as const;
    const rounds = 20;
    for (const outcome of await given(...Array.from({ length: rounds }, () => group))) {
      expect(outcome).toMatchObject([
        { accepted: true },
        { accepted: true, unit: { activeState: 'active' } },
      ]);
    }
    const after = [units.base, units.web].map((unit) => unit.invocations().length);
    expect(after).toEqual(before.map((count) => count + rounds));
  });

  it('limits the unit that it was granted, and restores what it had', async () => {
    const unit = 'train.service';
    const limits = { cpuQuota: 1, memoryHigh: 1 };
    const saved = { CPUQuotaPerSecUSec: '18446744073709551615', MemoryHigh: '18446744073709551615' };
    const values = { CPUQuotaPerSecUSec: '500000', MemoryHigh: '67108864' };
    expect(
      await given(
        { order: 'limitsOf', unit, limits },
        { order: 'setLimits', unit, values },
        { order: 'limitsOf', unit, limits },
        { order: 'setLimits', unit, values: saved },
        { order: 'limitsOf', unit, limits },
      ),
    ).toMatchObject([saved, { accepted: true }, values, { accepted: true }, saved]);
  });

  it('is refused by the manager in words what it was not granted', async () => {
    const before = starts();
    const [other, rehearsed, train, weights] = await given(
      { order: 'run', action: 'restart', units: ['other.service'] },
      { order: 'run', action: 'restart', units: ['rehearsed.service'] },
      { order: 'run', action: 'stop', units: ['train.service'] },
      { order: 'setLimits', unit: 'web.service', values: { CPUWeight: '5' } },
    );
    const refusal = (words: string) => ({
      accepted: false,
      jobResult: '',
      detail: expect.stringMatching(
        new RegExp(`^systemd refused to ${words}: .*\\(org\\.freedesktop\\.DBus\\.Error\\.AccessDenied\\)$`),
      ),
    });
    expect(other).toMatchObject([refusal('restart other.service')]);
    expect(rehearsed).toMatchObject([refusal('restart rehearsed.service')]);
    expect(train).toMatchObject([refusal('stop train.service')]);
    expect(weights).toMatchObject(refusal('limit web.service'));
    expect(starts()).toEqual(before);
  });

  /** Each of them is denied, without a question for a password, and nothing has come of it. */
  async function expectDenied(orders: readonly UserOrder[]): Promise<void> {
    const before = starts();
    const results = await user.carryOut(orders);
    const wrong = orders.flatMap((order, index) =>
      isDenied(results[index]) ? [] : [[order, results[index]]],
    );
    expect(wrong).toEqual([]);
    expect(results.length).toBe(orders.length);
    expect(starts()).toEqual(before);
    for (const unit of Object.values(units)) expect(await unit.property('ActiveState')).toBe('active');
  }

  it.each([
    'other.service',
    'alias.service',
    'rehearsed.service',
    'dbus.service',
    'polkit.service',
    'basic.target',
  ])('is denied everything to %s, by polkit itself', async (unit) => {
    await expectDenied([
      ...JOBS.map((member) => job(member, unit)),
      resetFailed(unit),
      kill(unit),
      setProperty(unit),
      setProperty(unit, false),
      ofUnit('Restart', unit, 's', ['replace']),
      ofUnit('Kill', unit, 'si', ['all', 15]),
      ofUnit('SetProperties', unit, 'ba(sv)', [true, weight]),
    ]);
  });

  it('is denied every other verb of the units that it was granted, by polkit itself', async () => {
    await expectDenied([
      ...JOBS.map((member) => job(member, 'train.service')),
      ...['TryRestartUnit', 'ReloadOrRestartUnit', 'ReloadOrTryRestartUnit'].map((one) =>
        job(one, 'web.service'),
      ),
      ...['StartUnit', 'StopUnit', 'ReloadUnit'].map((one) => job(one, 'base.service')),
      resetFailed('train.service'),
      kill('web.service'),
      kill('train.service'),
      kill('base.service'),
      setProperty('web.service'),
      setProperty('base.service'),
      ofUnit('Kill', 'web.service', 'si', ['all', 15]),
    ]);
  });

  it('is denied what is about no unit, by polkit itself or by the bus', async () => {
    await expectDenied(OTHERS);
    expect((await lab.run(['ls', '/root'])).stdout).not.toContain('was-here');
  });

  it('is alone in that: another user has nothing of it', async () => {
    const other = addUser(lab, 'somebody', 4712);
    const before = starts();
    const results = await other.carryOut([
      { order: 'run', action: 'restart', units: ['web.service'] },
      { order: 'setLimits', unit: 'train.service', values: { CPUWeight: '5' } },
    ]);
    expect(results).toMatchObject([{ given: [{ accepted: false }] }, { given: { accepted: false } }]);
    expect(starts()).toEqual(before);
  });
});

function isDenied(result: UserResult | undefined): boolean {
  return (
    result !== undefined && 'error' in result && result.error === 'org.freedesktop.DBus.Error.AccessDenied'
  );
}
