import { describe, expect, it } from 'vitest';
import { cgroupSamples, createCgroupCollector } from '../../src/collectors/cgroup.ts';
import type { CgroupReading } from '../../src/domain/reading.ts';

const NGINX: CgroupReading = {
  unit: 'nginx.service',
  type: 'service',
  memoryBytes: 4096,
  cpuUserSeconds: 2.5,
  cpuSystemSeconds: 0.5,
};

const short = (reading: CgroupReading) =>
  cgroupSamples(reading).map(({ metric, labels, value }) => [metric.name, labels, value]);

const labels = { name: 'nginx.service', type: 'service' };

describe('cgroupSamples', () => {
  it('tells memory and both kinds of CPU time', () => {
    expect(short(NGINX)).toEqual([
      ['systemd_unit_memory_current_bytes', labels, 4096],
      ['systemd_unit_cpu_seconds_total', { ...labels, mode: 'user' }, 2.5],
      ['systemd_unit_cpu_seconds_total', { ...labels, mode: 'system' }, 0.5],
    ]);
  });

  it('tells a zero that was read', () => {
    expect(
      short({ ...NGINX, memoryBytes: 0, cpuUserSeconds: 0, cpuSystemSeconds: 0 }).map(([, , value]) => value),
    ).toEqual([0, 0, 0]);
  });

  it.each([
    ['memoryBytes', ['user', 'system']],
    ['cpuUserSeconds', [undefined, 'system']],
    ['cpuSystemSeconds', [undefined, 'user']],
  ] as const)('leaves out %s where it could not be read', (part, modes) => {
    expect(cgroupSamples({ ...NGINX, [part]: undefined }).map((one) => one.labels['mode'])).toEqual(modes);
  });
});

describe('createCgroupCollector', () => {
  it('gives the samples of every unit, and declares their metrics', async () => {
    const { collect, metrics } = createCgroupCollector(() => [NGINX, { ...NGINX, unit: 'b.service' }]);
    const samples = await collect(new AbortController().signal);
    expect(samples.map((one) => one.labels['name'])).toEqual([
      ...Array(3).fill('nginx.service'),
      ...Array(3).fill('b.service'),
    ]);
    expect(new Set(samples.map(({ metric }) => metric))).toEqual(new Set(metrics));
  });
});
