import { describe, expect, it } from 'vitest';
import {
  createGpuProcessesCollector,
  createGpuUnitsCollector,
  gpuProcessSamples,
  gpuUnitSamples,
} from '../../src/collectors/gpu-units.ts';
import type { GpuUnitReading } from '../../src/domain/gpu.ts';
import type { GpuProcessReading } from '../../src/domain/gpu-process.ts';

const signal = new AbortController().signal;

const READING: GpuUnitReading = {
  gpu: '0',
  uuid: 'GPU-1',
  vendor: 'nvidia',
  pciBusId: '0000:01:00.0',
  unit: 'vllm.service',
  user: undefined,
  processes: 2,
  memoryBytes: 1024,
  engineSeconds: {},
};

const PROCESS: GpuProcessReading = {
  gpu: '0',
  pciBusId: '0000:01:00.0',
  uuid: 'GPU-1',
  unit: 'vllm.service',
  user: 'ann',
  process: { pid: 42, name: 'python', type: 'C', memoryBytes: 7 },
};

const labels = { gpu: '0', uuid: 'GPU-1', unit: 'vllm.service', scope: 'system', user: '', container: '' };

describe('createGpuUnitsCollector', () => {
  it('tells what a unit of the system uses of a GPU', () => {
    expect(gpuUnitSamples(READING)).toMatchObject([
      { metric: { name: 'gpu_unit_memory_used_bytes' }, labels, value: 1024 },
      { metric: { name: 'gpu_unit_processes' }, labels, value: 2 },
    ]);
  });

  it('tells which container it is, that may be in no unit', () => {
    const samples = gpuUnitSamples({ ...READING, unit: '', container: '3f1a3f1a3f1a' });
    expect(samples).toMatchObject([
      { labels: { ...labels, unit: '', container: '3f1a3f1a3f1a' } },
      { labels: { ...labels, unit: '', container: '3f1a3f1a3f1a' } },
    ]);
  });

  it('tells whose unit it is, and leaves out what the driver does not say', () => {
    const samples = gpuUnitSamples({ ...READING, user: 'ann', memoryBytes: undefined });
    expect(samples).toMatchObject([
      { metric: { name: 'gpu_unit_processes' }, labels: { ...labels, scope: 'user', user: 'ann' } },
    ]);
    expect(samples).toHaveLength(1);
  });

  it('tells how long engines were busy, by PCI address', () => {
    const samples = gpuUnitSamples({ ...READING, engineSeconds: { gfx: 1.5, compute: 0 } });
    const own = { pci_bus_id: '0000:01:00.0', unit: 'vllm.service', scope: 'system', user: '' };
    expect(samples.slice(2)).toMatchObject([
      {
        metric: { name: 'gpu_unit_engine_seconds_total', type: 'counter' },
        labels: { ...own, engine: 'gfx' },
        value: 1.5,
      },
      { labels: { ...own, engine: 'compute' }, value: 0 },
    ]);
  });

  it('gives every label that its metrics promise, and no other', () => {
    const samples = [
      ...gpuUnitSamples({ ...READING, engineSeconds: { gfx: 1 } }),
      ...gpuProcessSamples(PROCESS),
    ];
    expect(samples).toHaveLength(4);
    for (const { metric, labels: given } of samples) expect(Object.keys(given)).toEqual(metric.labels);
  });

  it('gives the same blocks again for the same readings', async () => {
    const other = { ...READING, unit: 'other.service' };
    let readings = [READING, other];
    const { collect } = createGpuUnitsCollector(() => readings);
    const [first] = await collect(signal);
    expect((await collect(signal))[0]).toBe(first);
    readings = [READING, { ...other, processes: 3 }];
    const [later] = await collect(signal);
    expect(later).not.toBe(first);
    expect(later?.samples()).toHaveLength(4);
  });
});

describe('createGpuProcessesCollector', () => {
  it('tells what each process uses, if the driver does', async () => {
    const unknown = { ...PROCESS, process: { ...PROCESS.process, memoryBytes: undefined } };
    const { collect } = createGpuProcessesCollector(async () => [PROCESS, unknown]);
    const samples = (await collect(signal)).flatMap((block) => block.samples());
    expect(samples).toMatchObject([
      {
        metric: { name: 'gpu_process_memory_used_bytes' },
        labels: { ...labels, scope: 'user', user: 'ann', pid: '42', name: 'python' },
        value: 7,
      },
    ]);
    expect(samples).toHaveLength(1);
  });
});
