import { describe, expect, it } from 'vitest';
import { createSelection } from '../../../src/cli/units/selection.ts';
import { cpuSeconds, sinceSeconds, unitViews } from '../../../src/cli/units/view.ts';
import { unitReading } from '../../fakes/unit-reading.ts';

describe('unitViews', () => {
  it('has failed units first, then goes by name, with what their cgroups use', () => {
    const units = [
      unitReading({ name: 'b.service' }),
      unitReading({ name: 'z.service', activeState: 'failed' }),
      unitReading({ name: 'a.service' }),
      unitReading({ name: 'y.service', activeState: 'failed' }),
      unitReading({ name: 'idle.service', activeState: 'inactive' }),
    ];
    const cgroups = new Map([['b.service', { 'pids.current': 3 }]]);
    const views = unitViews({ problem: undefined, units, cgroups }, createSelection([], false));
    expect(views.map(({ unit, values }) => [unit.name, values])).toEqual([
      ['y.service', {}],
      ['z.service', {}],
      ['a.service', {}],
      ['b.service', { 'pids.current': 3 }],
    ]);
  });
});

describe('sinceSeconds', () => {
  const times = {
    activeEnterSeconds: 1,
    activeExitSeconds: 2,
    inactiveEnterSeconds: 3,
    inactiveExitSeconds: 4,
  };

  it.each([
    ['active', 1],
    ['reloading', 1],
    ['refreshing', 1],
    ['deactivating', 2],
    ['maintenance', 2],
    ['inactive', 3],
    ['failed', 3],
    ['activating', 4],
  ] as const)('of a unit that is %s is the change that led there', (activeState, since) => {
    expect(sinceSeconds(unitReading({ activeState, ...times }))).toBe(since);
  });

  it('is unknown where that never happened', () => {
    expect(sinceSeconds(unitReading({ activeState: 'inactive', inactiveEnterSeconds: 0 }))).toBeUndefined();
    expect(sinceSeconds(unitReading({ activeEnterSeconds: undefined }))).toBeUndefined();
  });
});

describe('cpuSeconds', () => {
  it('is the time of the programs and of the kernel for them, or unknown', () => {
    const unit = unitReading();
    expect(cpuSeconds({ unit, values: { 'cpu.user': 1.5, 'cpu.system': 0.25 } })).toBe(1.75);
    expect(cpuSeconds({ unit, values: { 'cpu.user': 1.5 } })).toBeUndefined();
  });
});
