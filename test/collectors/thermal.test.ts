import { describe, expect, it } from 'vitest';
import { createThermalCollector } from '../../src/collectors/thermal.ts';
import type { ThermalReading } from '../../src/domain/thermal.ts';

const READING: ThermalReading = {
  zones: [
    {
      zone: '0',
      type: 'acpitz',
      celsius: 0,
      mode: 'enabled',
      policy: 'step_wise',
      trips: [{ trip: '0', type: 'critical', celsius: 105 }],
      readErrors: {},
    },
    {
      zone: '1',
      type: 'acpitz',
      celsius: undefined,
      mode: '',
      policy: '',
      trips: [],
      readErrors: { temp: { EAGAIN: 3, timeout: 1 }, trip_point_0_temp: { EIO: 2 } },
    },
  ],
  coolingDevices: [
    { device: '2', type: 'Fan', state: undefined, maxState: 4, readErrors: { cur_state: { EINVAL: 5 } } },
  ],
  cpuThrottles: { core: 7 },
};

describe('createThermalCollector', () => {
  it('tells what is known, and leaves out what is not', async () => {
    const { collect } = createThermalCollector(async () => READING);
    const blocks = await collect(new AbortController().signal);
    const zone1 = { zone: '1', type: 'acpitz' };
    const fan = { device: '2', type: 'Fan' };
    const samples = blocks.flatMap((block) => block.samples());
    expect(samples.map(({ metric, labels, value }) => [metric.name, labels, value])).toEqual([
      ['thermal_zone_temperature_celsius', { zone: '0', type: 'acpitz' }, 0],
      ['thermal_zone_info', { zone: '0', type: 'acpitz', mode: 'enabled', policy: 'step_wise' }, 1],
      ['thermal_zone_trip_celsius', { zone: '0', type: 'acpitz', trip: '0', trip_type: 'critical' }, 105],
      ['thermal_zone_read_errors_total', { ...zone1, file: 'temp', errno: 'EAGAIN' }, 3],
      ['thermal_zone_read_errors_total', { ...zone1, file: 'temp', errno: 'timeout' }, 1],
      ['thermal_zone_read_errors_total', { ...zone1, file: 'trip_point_0_temp', errno: 'EIO' }, 2],
      ['cooling_device_read_errors_total', { ...fan, file: 'cur_state', errno: 'EINVAL' }, 5],
      ['cooling_device_max_state', { device: '2', type: 'Fan' }, 4],
      ['cpu_thermal_throttles_total', { scope: 'core' }, 7],
    ]);
  });

  it('hands its signal to the reader, and its failure to the caller', async () => {
    const caller = new AbortController();
    const { collect } = createThermalCollector(async (signal) => {
      throw signal === caller.signal ? new Error('no sysfs') : new Error('another signal');
    });
    await expect(collect(caller.signal)).rejects.toThrow('no sysfs');
  });
});
