import { describe, expect, it } from 'vitest';
import { createThermalCollector } from '../../src/collectors/thermal.ts';

describe('createThermalCollector', () => {
  it('gives each zone its temperature, and leaves out what does not measure', async () => {
    const { collect, metrics } = createThermalCollector(async () => [
      { zone: '0', type: 'acpitz', celsius: 27.8 },
      { zone: '1', type: 'acpitz', celsius: undefined },
      { zone: '2', type: '', celsius: 0 },
    ]);
    const blocks = await collect(new AbortController().signal);
    expect(blocks.flatMap((block) => block.samples())).toEqual([
      { metric: metrics[0], labels: { zone: '0', type: 'acpitz' }, value: 27.8 },
      { metric: metrics[0], labels: { zone: '2', type: '' }, value: 0 },
    ]);
    expect(metrics[0]).toMatchObject({ name: 'thermal_zone_temperature_celsius', labels: ['zone', 'type'] });
  });

  it('hands its signal to the reader, and its failure to the caller', async () => {
    const caller = new AbortController();
    const { collect } = createThermalCollector(async (signal) => {
      throw signal === caller.signal ? new Error('no sysfs') : new Error('another signal');
    });
    await expect(collect(caller.signal)).rejects.toThrow('no sysfs');
  });
});
