import { describe, expect, it } from 'vitest';
import type { CgroupReading } from '../../../src/domain/reading.ts';
import { createCommonUnits } from '../../../src/sources/systemd/common.ts';
import { unitReading } from '../../fakes/unit-reading.ts';

const SERVICE = unitReading({
  name: 'a.service',
  activeState: 'active',
  activeEnterSeconds: 1700,
  service: { type: 'simple', restarts: 3, exitStatus: undefined, exitSignal: undefined },
});

const CGROUP: CgroupReading = {
  user: undefined,
  unit: 'a.service',
  type: 'service',
  values: { 'cpu.user': 1, 'cpu.system': 0.5, 'memory.current': 4096 },
};

const ofSystem = (...units: readonly ReturnType<typeof unitReading>[]) => [{ user: undefined, units }];

describe('what services of systemd have in common with others', () => {
  it('comes from the unit and from its cgroup', () => {
    expect(createCommonUnits()(ofSystem(SERVICE), [CGROUP])).toEqual([
      {
        manager: 'systemd',
        name: 'a.service',
        user: undefined,
        up: true,
        restarts: 3,
        memoryBytes: 4096,
        cpuSeconds: 1.5,
        startSeconds: 1700,
      },
    ]);
  });

  it('lacks what is not known: without a cgroup, and while it does not run', () => {
    const [unit] = createCommonUnits()(ofSystem({ ...SERVICE, activeState: 'failed' }), []);
    expect(unit).toMatchObject({
      up: false,
      memoryBytes: undefined,
      cpuSeconds: undefined,
      startSeconds: undefined,
    });
  });

  it.each([
    ['active', true],
    ['reloading', true],
    ['activating', false],
    ['deactivating', false],
    ['inactive', false],
  ] as const)('is up while the unit is %s: %s', (activeState, up) => {
    expect(createCommonUnits()(ofSystem({ ...SERVICE, activeState }), [])).toMatchObject([{ up }]);
  });

  it('is told of loaded services alone', () => {
    const others = [
      unitReading({ name: 'a.timer', type: 'timer' }),
      unitReading({ name: 'gone.service', loadState: 'not-found' }),
    ];
    expect(createCommonUnits()(ofSystem(...others), [])).toEqual([]);
  });

  it("is not mixed up with a user's service of the same name", () => {
    const managers = [...ofSystem(SERVICE), { user: 'ann', units: [SERVICE] }];
    const cgroups = [CGROUP, { ...CGROUP, user: 'ann', values: { 'memory.current': 7 } }];
    expect(
      createCommonUnits()(managers, cgroups).map(({ user, memoryBytes }) => [user, memoryBytes]),
    ).toEqual([
      [undefined, 4096],
      ['ann', 7],
    ]);
  });

  it('is the same object as long as unit and cgroup are', () => {
    const common = createCommonUnits();
    const [first] = common(ofSystem(SERVICE), [CGROUP]);
    expect(common(ofSystem(SERVICE), [{ ...CGROUP }])[0]).toBe(first);
    const moved = { ...CGROUP, values: { ...CGROUP.values, 'memory.current': 1 } };
    expect(common(ofSystem(SERVICE), [moved])[0]?.memoryBytes).toBe(1);
    expect(common(ofSystem({ ...SERVICE }), [moved])[0]).not.toBe(first);
  });
});
