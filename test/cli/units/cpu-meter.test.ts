import { describe, expect, it } from 'vitest';
import { createCpuMeter } from '../../../src/cli/units/cpu-meter.ts';
import { unitReading } from '../../fakes/unit-reading.ts';

function views(used: Readonly<Record<string, number>>) {
  return Object.entries(used).map(([name, seconds]) => ({
    unit: unitReading({ name }),
    values: { 'cpu.user': seconds, 'cpu.system': 0 },
  }));
}

describe('a CPU meter', () => {
  it('tells the share of one core since the call before', () => {
    const meter = createCpuMeter();
    expect(meter(views({ a: 10, b: 5 }), 1000)).toEqual(new Map());
    expect(meter(views({ a: 11, b: 5 }), 3000)).toEqual(
      new Map([
        ['a', 0.5],
        ['b', 0],
      ]),
    );
    expect(meter(views({ a: 15, b: 5 }), 5000).get('a')).toBe(2);
  });

  it('leaves out what was not there before, has no CPU time, or counts anew', () => {
    const meter = createCpuMeter();
    meter(views({ restarted: 10, gone: 1 }), 0);
    const silent = { unit: unitReading({ name: 'silent' }), values: {} };
    expect(meter([...views({ restarted: 1, fresh: 3 }), silent], 2000)).toEqual(new Map());
    expect(meter(views({ restarted: 2, gone: 3 }), 4000)).toEqual(new Map([['restarted', 0.5]]));
  });

  it('tells nothing where no time has passed', () => {
    const meter = createCpuMeter();
    meter(views({ a: 1 }), 7);
    expect(meter(views({ a: 2 }), 7)).toEqual(new Map());
  });
});
