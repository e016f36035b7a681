import { describe, expect, it } from 'vitest';
import { createJetsonCollector, jetsonSamples } from '../../src/collectors/jetson.ts';
import type { JetsonReading } from '../../src/domain/jetson.ts';

const READING: JetsonReading = {
  gpus: [],
  rails: [
    { rail: 'VDD_IN', watts: 4.8, volts: 5, amperes: 0.96, alarm: true },
    { rail: 'VDD_SOC', watts: undefined, volts: 5, amperes: undefined, alarm: undefined },
  ],
  powerMode: { id: '0', name: 'MAXN' },
  clocksLocked: false,
  emcUtilization: 0.15,
};

/** Samples as name, labels and value. */
const told = (reading: JetsonReading) =>
  jetsonSamples(reading).map(({ metric, labels, value }) => [metric.name, labels, value]);

describe('createJetsonCollector', () => {
  it('tells of rails, the mode, clocks and memory; what is not known it leaves out', () => {
    expect(told(READING)).toEqual([
      ['jetson_rail_power_watts', { rail: 'VDD_IN' }, 4.8],
      ['jetson_rail_voltage_volts', { rail: 'VDD_IN' }, 5],
      ['jetson_rail_current_amperes', { rail: 'VDD_IN' }, 0.96],
      ['jetson_rail_alarm', { rail: 'VDD_IN' }, 1],
      ['jetson_rail_voltage_volts', { rail: 'VDD_SOC' }, 5],
      ['jetson_power_mode_info', { id: '0', name: 'MAXN' }, 1],
      ['jetson_clocks_locked', {}, 0],
      ['jetson_emc_utilization_ratio', {}, 0.15],
    ]);
    const nothing = { powerMode: undefined, clocksLocked: undefined, emcUtilization: undefined };
    expect(told({ gpus: [], rails: [], ...nothing })).toEqual([]);
  });

  it('has nothing to tell of any other machine, and declares all that it tells', async () => {
    const signal = new AbortController().signal;
    expect(await createJetsonCollector(() => undefined).collect(signal)).toEqual([]);
    const { metrics, collect } = createJetsonCollector(async () => READING);
    const used = (await collect(signal)).flatMap((block) => block.samples()).map(({ metric }) => metric);
    expect(new Set(used)).toEqual(new Set(metrics));
  });
});
