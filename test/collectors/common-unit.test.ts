import { expect, it } from 'vitest';
import { commonSamples, createCommonUnitCollector } from '../../src/collectors/common-unit.ts';
import type { CommonUnitReading } from '../../src/domain/common-unit.ts';

const JOB: CommonUnitReading = {
  manager: 'launchd',
  name: 'gui/501/org.ray.head',
  up: true,
  restarts: 2,
  memoryBytes: 1024,
  cpuSeconds: 1.5,
  startSeconds: 1700,
};

it('tells all that is known of a service', () => {
  const labels = { manager: 'launchd', name: 'gui/501/org.ray.head' };
  expect(commonSamples(JOB).map(({ metric, labels: own, value }) => [metric.name, own, value])).toEqual([
    ['unit_up', labels, 1],
    ['unit_restarts_total', labels, 2],
    ['unit_memory_bytes', labels, 1024],
    ['unit_cpu_seconds_total', labels, 1.5],
    ['unit_start_time_seconds', labels, 1700],
  ]);
});

it('leaves out what is not known, but not that it is down', () => {
  const unknown = { restarts: undefined, memoryBytes: undefined, cpuSeconds: undefined };
  const samples = commonSamples({ ...JOB, ...unknown, up: false, startSeconds: undefined });
  expect(samples.map(({ metric, value }) => [metric.name, value])).toEqual([['unit_up', 0]]);
});

it('does not say that a job is down that need not run', () => {
  expect(commonSamples({ ...JOB, up: undefined }).map(({ metric }) => metric.name)).not.toContain('unit_up');
});

it('says whose service it is, and gives the block again as long as it is the same', async () => {
  const ours = { ...JOB, manager: 'systemd' as const };
  const anns = { ...ours, user: 'ann' };
  const collector = createCommonUnitCollector(() => [ours, anns]);
  const signal = new AbortController().signal;
  const first = await collector.collect(signal);
  expect(first.map(({ labels }) => labels)).toEqual([{}, { scope: 'user', user: 'ann' }]);
  expect(await collector.collect(signal)).toEqual(first);
  expect((await collector.collect(signal))[0]).toBe(first[0]);
});
