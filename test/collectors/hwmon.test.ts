import { expect, it } from 'vitest';
import { createHwmonCollector } from '../../src/collectors/hwmon.ts';

it('the collector of hwmon tells what each sensor measures, and how often it could not be read', async () => {
  const known = { chip: 'nct6798', device: 'nct6775.656', label: '' };
  const { collect } = createHwmonCollector(async () => [
    { ...known, sensor: 'temp1', quantity: 'temperature', value: 30.5, readErrors: {} },
    { ...known, sensor: 'temp2', quantity: 'temperature', value: undefined, readErrors: { ENODATA: 2 } },
    { ...known, sensor: 'fan1', label: 'CPU', quantity: 'fan', value: 0, readErrors: {} },
  ]);
  const blocks = await collect(new AbortController().signal);
  const samples = blocks.flatMap((block) => block.samples());
  const { label, ...place } = known;
  expect(samples.map(({ metric, labels, value }) => [metric.name, labels, value])).toEqual([
    ['hwmon_temperature_celsius', { ...place, sensor: 'temp1', label }, 30.5],
    ['hwmon_read_errors_total', { ...place, sensor: 'temp2', errno: 'ENODATA' }, 2],
    ['fan_speed_rpm', { ...place, sensor: 'fan1', label: 'CPU' }, 0],
  ]);
});
