import { describe, expect, it } from 'vitest';
import { createGpuCollector, type GpusReading } from '../../../src/collectors/gpu/gpu.ts';
import type { GpuReading } from '../../../src/domain/gpu.ts';
import type { GpuCollection } from '../../../src/domain/gpu-collection.ts';
import type { Sample } from '../../../src/domain/metric.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';

const NEVER = new AbortController().signal;

async function samplesOf(reading: Partial<GpusReading>): Promise<readonly Sample[]> {
  const collector = createGpuCollector(() => ({ gpus: [], collections: [], ...reading }));
  return (await collector.collect(NEVER)).flatMap((block) => block.samples());
}

/** What is said of one GPU beyond what it is: metric, labels but those of every GPU, value. */
async function told(given: Partial<GpuReading>): Promise<readonly unknown[]> {
  return (await samplesOf({ gpus: [gpuReading(given)] }))
    .filter(({ metric }) => metric.name !== 'gpu_info')
    .map(({ metric, labels: { gpu, uuid, ...labels }, value }) => [metric.name, labels, value]);
}

const collection = (given: Partial<GpuCollection> = {}): GpuCollection => ({
  backend: 'nvidia-smi',
  success: true,
  durationSeconds: 0.25,
  lastSuccessSeconds: 1_767_225_600,
  exitCode: 0,
  failures: { timeout: 0, exit: 0, parse: 0, missing: 0 },
  stuckProcesses: 0,
  unavailable: new Map(),
  problem: undefined,
  ...given,
});

describe('the collector of GPUs', () => {
  it('says what each GPU is', async () => {
    const [info] = await samplesOf({ gpus: [gpuReading()] });
    expect(info?.labels).toEqual({
      gpu: '0',
      uuid: 'GPU-a',
      vendor: 'nvidia',
      name: 'NVIDIA GeForce RTX 4090',
      pci_bus_id: '0000:01:00.0',
      driver_version: '570.86',
      cuda_version: '12.8',
      vbios_version: '95.02',
      persistence_mode: 'Enabled',
      compute_mode: 'Default',
    });
  });

  it('says nothing of what is not known', async () => {
    expect(await told({})).toEqual([]);
  });

  it('tells 0 and "no" where they are known', async () => {
    expect(
      await told({
        utilization: { gpu: 0 },
        memory: { used: 0 },
        remapPending: false,
        recoveryAction: 0,
        throttle: { hw_thermal: false, idle: true },
      }),
    ).toEqual([
      ['gpu_utilization_ratio', { engine: 'gpu' }, 0],
      ['gpu_memory_used_bytes', {}, 0],
      ['gpu_throttle_active', { reason: 'hw_thermal' }, 0],
      ['gpu_throttle_active', { reason: 'idle' }, 1],
      ['gpu_remap_pending', {}, 0],
      ['gpu_recovery_action', {}, 0],
    ]);
  });

  it('counts processes by type, all types from the start', async () => {
    const process = (type: string) => ({ pid: 1, name: 'python', type, memoryBytes: 1 });
    expect(await told({ processes: [] })).toEqual([
      ['gpu_processes', { type: 'C' }, 0],
      ['gpu_processes', { type: 'G' }, 0],
      ['gpu_processes', { type: 'C+G' }, 0],
    ]);
    expect(await told({ processes: ['C', 'C', 'C+G'].map(process) })).toEqual([
      ['gpu_processes', { type: 'C' }, 2],
      ['gpu_processes', { type: 'G' }, 0],
      ['gpu_processes', { type: 'C+G' }, 1],
    ]);
  });

  it.each<[string, readonly string[], object]>([
    ['of another type', ['M+C', 'M+C', 'C'], { C: 1, 'M+C': 2 }],
    ['whose type is not told', ['', 'G'], { G: 1 }],
    ['of a type that is none', ['C+G+C+G+C', 'a b', 'C'], { C: 1 }],
    ['of many types', [...'ABDEFHIJKL'], { A: 1, B: 1, D: 1, E: 1, F: 1, H: 1, I: 1, J: 1 }],
  ])('says of no type that there is no process where there is one %s', async (_, types, counts) => {
    const processes = types.map((type) => ({ pid: 1, name: 'python', type, memoryBytes: 1 }));
    const found = (await samplesOf({ gpus: [gpuReading({ processes })] }))
      .filter(({ metric }) => metric.name === 'gpu_processes')
      .map(({ labels, value }) => [Object.values(labels).at(-1), value]);
    expect(Object.fromEntries(found)).toEqual(counts);
  });

  it('tells the memory of a divided GPU once, whatever computes in it', async () => {
    const mig = [
      { gpuInstance: '3', computeInstances: ['0', '1'], profile: '1g.10gb', memory: { total: 10, used: 2 } },
    ];
    expect(await told({ mig })).toEqual([
      ['gpu_mig_info', { gpu_instance: '3', compute_instance: '0', profile: '1g.10gb' }, 1],
      ['gpu_mig_info', { gpu_instance: '3', compute_instance: '1', profile: '1g.10gb' }, 1],
      ['gpu_mig_memory_total_bytes', { gpu_instance: '3' }, 10],
      ['gpu_mig_memory_used_bytes', { gpu_instance: '3' }, 2],
    ]);
  });

  it('tells how the collection goes, and nothing where there has been none', async () => {
    const failed = collection({
      success: false,
      exitCode: undefined,
      failures: { timeout: 2, exit: 0, parse: 0, missing: 0 },
      unavailable: new Map([['fan_speed', 1]]),
    });
    const samples = await samplesOf({ collections: [failed, collection({ success: undefined })] });
    expect(
      samples.map(({ metric, labels, value }) => [metric.name, Object.values(labels).at(-1), value]),
    ).toEqual([
      ['gpu_collect_success', 'nvidia-smi', 0],
      ['gpu_collect_duration_seconds', 'nvidia-smi', 0.25],
      ['gpu_collect_last_success_timestamp_seconds', 'nvidia-smi', 1_767_225_600],
      ['gpu_collect_failures_total', 'timeout', 2],
      ['gpu_collect_failures_total', 'exit', 0],
      ['gpu_collect_failures_total', 'parse', 0],
      ['gpu_collect_failures_total', 'missing', 0],
      ['gpu_collect_stuck_processes', 'nvidia-smi', 0],
      ['gpu_value_unavailable', 'fan_speed', 1],
    ]);
  });

  it('gives the same block again for the same readings', async () => {
    const gpus = [gpuReading()];
    const collector = createGpuCollector(() => ({ gpus, collections: [] }));
    expect((await collector.collect(NEVER))[0]).toBe((await collector.collect(NEVER))[0]);
  });
});
