import { describe, expect, it } from 'vitest';
import { cgroupSamples, createCgroupCollector } from '../../src/collectors/cgroup.ts';
import { CGROUP_VALUES } from '../../src/domain/cgroup.ts';
import type { CgroupReading } from '../../src/domain/reading.ts';

const labels = { name: 'nginx.service', type: 'service' };

const nginx = (values: CgroupReading['values']): CgroupReading => ({
  user: undefined,
  unit: labels.name,
  type: labels.type,
  values,
});

/** A reading in which every value is its own place in the list, so that no two are alike. */
const everything = Object.fromEntries(CGROUP_VALUES.map((name, index) => [name, index + 1]));

const short = (reading: CgroupReading) =>
  cgroupSamples(reading).map(({ metric, labels: own, value }) => [metric.name, own, value]);

describe('cgroupSamples', () => {
  it('tells both kinds of CPU time apart by mode', () => {
    expect(short(nginx({ 'memory.current': 4096, 'cpu.user': 2.5, 'cpu.system': 0.5 }))).toEqual([
      ['systemd_unit_cpu_seconds_total', { ...labels, mode: 'user' }, 2.5],
      ['systemd_unit_cpu_seconds_total', { ...labels, mode: 'system' }, 0.5],
      ['systemd_unit_memory_current_bytes', labels, 4096],
    ]);
  });

  it('tells a zero that was read, and nothing that was not', () => {
    expect(short(nginx({ 'memory.current': 0 }))).toEqual([['systemd_unit_memory_current_bytes', labels, 0]]);
    expect(short(nginx({}))).toEqual([]);
  });

  it('tells every value once, but the cache that only the working set needs', () => {
    const told = cgroupSamples(nginx(everything)).map(({ value }) => CGROUP_VALUES[value - 1]);
    expect(told.sort()).toEqual(CGROUP_VALUES.filter((name) => name !== 'memory.inactiveFile').sort());
  });
});

describe('createCgroupCollector', () => {
  it('gives the samples of every unit, and declares their metrics, each name once', async () => {
    const collector = createCgroupCollector(async () => [
      nginx(everything),
      { ...nginx(everything), unit: 'b.service' },
    ]);
    const blocks = await collector.collect(new AbortController().signal);
    const samples = blocks.flatMap((block) => block.samples());
    expect(new Set(samples.map((one) => one.labels['name']))).toEqual(
      new Set(['nginx.service', 'b.service']),
    );
    expect(new Set(samples.map(({ metric }) => metric))).toEqual(new Set(collector.metrics));
    const names = collector.metrics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
