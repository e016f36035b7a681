import { describe, expect, it } from 'vitest';
import { helpText } from '../../../src/cli/help.ts';
import { unitsJson } from '../../../src/cli/units/json.ts';
import { serviceReading, unitReading } from '../../fakes/unit-reading.ts';

const comfyui = {
  unit: unitReading({
    name: 'comfyui@a.service',
    service: serviceReading({ restarts: 2, exitStatus: 3, exitSignal: 9 }),
    result: 'exit-code',
    timer: { lastTriggerSeconds: 1_767_225_000, nextElapseSeconds: 1_767_229_200.5 },
  }),
  values: {
    'cpu.user': 1.5,
    'cpu.system': 0.25,
    'memory.current': 1_234_567,
    'memory.high': 3_000_000,
    'memory.max': 4_000_000,
    'pids.current': 5,
    'pids.max': 100,
  },
};

describe('unitsJson', () => {
  it('has everything in base units', () => {
    expect(JSON.parse(unitsJson([comfyui]))).toEqual([
      {
        unit: 'comfyui@a.service',
        type: 'service',
        loadState: 'loaded',
        activeState: 'active',
        subState: 'running',
        sinceTimestampSeconds: 1_767_225_600.5,
        restarts: 2,
        result: 'exit-code',
        exitStatus: 3,
        exitSignal: 9,
        memoryBytes: 1_234_567,
        memoryHighBytes: 3_000_000,
        memoryMaxBytes: 4_000_000,
        cpuSeconds: 1.75,
        tasks: 5,
        tasksMax: 100,
        lastTriggerTimestampSeconds: 1_767_225_000,
        nextElapseTimestampSeconds: 1_767_229_200.5,
      },
    ]);
  });

  it('leaves out what is not known', () => {
    const unit = unitReading({
      name: 'nightly.timer',
      type: 'timer',
      activeState: 'inactive',
      subState: 'dead',
      service: undefined,
      result: undefined,
      timer: { lastTriggerSeconds: 0, nextElapseSeconds: undefined },
    });
    expect(unitsJson([{ unit, values: {} }])).toBe(
      '[{"unit":"nightly.timer","type":"timer","loadState":"loaded","activeState":"inactive","subState":"dead"}]',
    );
  });

  it('is one line, an empty list where there is nothing, and steers no terminal', () => {
    const unit = unitReading({ name: 'a\u009b2J\n.service' });
    expect(unitsJson([])).toBe('[]');
    expect(unitsJson([{ unit, values: {} }])).toMatch(/^[ -~]+$/);
    expect(JSON.parse(unitsJson([{ unit, values: {} }]))).toMatchObject([{ unit: unit.name }]);
  });

  it('has the keys that the help names, in that order', () => {
    const named = /Keys of JSON[^:]*:\n((?: {2}.*\n)+)/.exec(helpText('units'))?.[1]?.trim().split(/\s+/);
    expect(named).toEqual(JSON.parse(unitsJson([comfyui])).flatMap(Object.keys));
  });
});
