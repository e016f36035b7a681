import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import type { CgroupReading } from '../domain/reading.ts';
import type { Collector } from './collector.ts';

const MEMORY = defineMetric({
  name: 'systemd_unit_memory_current_bytes',
  help: 'Memory that the unit uses now, page cache included.',
  type: 'gauge',
  labels: ['name', 'type'],
  source: 'cgroup v2 memory.current, v1 memory.usage_in_bytes',
});

const CPU = defineMetric({
  name: 'systemd_unit_cpu_seconds_total',
  help: 'CPU time that the unit has used since its cgroup was made.',
  type: 'counter',
  labels: ['name', 'type', 'mode'],
  source: 'cgroup v2 cpu.stat user_usec and system_usec, v1 cpuacct.usage_user and cpuacct.usage_sys',
});

/** What the kernel accounts to each unit's cgroup. */
export function createCgroupCollector(read: () => readonly CgroupReading[]): Collector {
  return { name: 'cgroup', metrics: [MEMORY, CPU], collect: () => read().flatMap(cgroupSamples) };
}

/** Samples of one unit's cgroup; a value that could not be read is left out. */
export function cgroupSamples(reading: CgroupReading): readonly Sample[] {
  const labels = { name: reading.unit, type: reading.type };
  return [
    ...(reading.memoryBytes === undefined ? [] : [sample(MEMORY, labels, reading.memoryBytes)]),
    ...modeSamples(labels, 'user', reading.cpuUserSeconds),
    ...modeSamples(labels, 'system', reading.cpuSystemSeconds),
  ];
}

function modeSamples(
  labels: { readonly name: string; readonly type: string },
  mode: 'user' | 'system',
  seconds: number | undefined,
): readonly Sample[] {
  return seconds === undefined ? [] : [sample(CPU, { ...labels, mode }, seconds)];
}
