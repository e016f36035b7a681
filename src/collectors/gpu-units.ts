import type { GpuUnitReading } from '../domain/gpu.ts';
import type { GpuProcessReading } from '../domain/gpu-process.ts';
import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import { createBlocks } from './blocks.ts';
import { blockOf, type Collector } from './collector.ts';
import { gpuLabels, unitLabels } from './gpu/labels.ts';

const MEMORY = defineMetric({
  name: 'gpu_unit_memory_used_bytes',
  help: 'Memory of a GPU that the processes of a unit use; left out if the driver does not say for all of them.',
  type: 'gauge',
  labels: ['gpu', 'uuid', 'unit', 'scope', 'user', 'container'],
  source: 'nvidia-smi processes, or DRM fdinfo drm-resident-*, and /proc/PID/cgroup',
});

const PROCESSES = defineMetric({
  name: 'gpu_unit_processes',
  help: 'Processes of a unit that use a GPU; an empty unit stands for those of none, an empty container too.',
  type: 'gauge',
  labels: ['gpu', 'uuid', 'unit', 'scope', 'user', 'container'],
  source: 'nvidia-smi processes, or DRM fdinfo, and /proc/PID/cgroup',
});

const ENGINE = defineMetric({
  name: 'gpu_unit_engine_seconds_total',
  help: 'Time that the processes of a unit kept an engine of a GPU busy since the unit was first seen to use it.',
  type: 'counter',
  labels: ['pci_bus_id', 'unit', 'scope', 'user', 'container', 'engine'],
  source: 'DRM fdinfo drm-engine-* (xe: drm-cycles-*) and /proc/PID/cgroup; AMD and Intel',
});

const PROCESS_MEMORY = defineMetric({
  name: 'gpu_process_memory_used_bytes',
  help: 'Memory of a GPU that one process uses. Off unless asked for: each process is a series of its own.',
  type: 'gauge',
  labels: ['gpu', 'uuid', 'unit', 'scope', 'user', 'container', 'pid', 'name'],
  source: 'nvidia-smi processes and /proc/PID/cgroup',
});

/** What units use of GPUs. */
export function createGpuUnitsCollector(
  read: (signal: AbortSignal) => Promise<readonly GpuUnitReading[]> | readonly GpuUnitReading[],
): Collector {
  const blocks = createBlocks(
    ({ unit, user, container, gpu, uuid }: GpuUnitReading) =>
      `${gpu}/${uuid}/${user ?? ''}/${unit}/${container ?? ''}`,
    gpuUnitSamples,
  );
  return {
    name: 'gpu_units',
    metrics: [MEMORY, PROCESSES, ENGINE],
    collect: async (signal) => blocks(await read(signal)),
  };
}

/** What single processes use of GPUs: opt-in, since processes come and go. */
export function createGpuProcessesCollector(
  read: (signal: AbortSignal) => Promise<readonly GpuProcessReading[]> | readonly GpuProcessReading[],
): Collector {
  return {
    name: 'gpu_processes',
    metrics: [PROCESS_MEMORY],
    collect: async (signal) => [blockOf((await read(signal)).flatMap(gpuProcessSamples))],
  };
}

/** Samples of one unit on one GPU. */
export function gpuUnitSamples(reading: GpuUnitReading): readonly Sample[] {
  const { pciBusId, processes, memoryBytes, engineSeconds } = reading;
  const labels = { ...gpuLabels(reading), ...unitLabels(reading), ...containerLabel(reading) };
  const engines = Object.entries(engineSeconds).flatMap(([engine, seconds]) =>
    seconds === undefined
      ? []
      : [
          sample(
            ENGINE,
            { pci_bus_id: pciBusId, ...unitLabels(reading), ...containerLabel(reading), engine },
            seconds,
          ),
        ],
  );
  return [
    ...(memoryBytes === undefined ? [] : [sample(MEMORY, labels, memoryBytes)]),
    sample(PROCESSES, labels, processes),
    ...engines,
  ];
}

/** The sample of one process; none if the driver does not say what it uses. */
export function gpuProcessSamples(reading: GpuProcessReading): readonly Sample[] {
  const { process } = reading;
  if (process.memoryBytes === undefined) return [];
  const labels = {
    ...gpuLabels(reading),
    ...unitLabels(reading),
    ...containerLabel(reading),
    pid: String(process.pid),
    name: process.name,
  };
  return [sample(PROCESS_MEMORY, labels, process.memoryBytes)];
}

/** By the driver cgroupfs a container is in no unit; by systemd's it has one of its own. */
function containerLabel({ container = '' }: Pick<GpuUnitReading, 'container'>) {
  return { container };
}
