import { describe, expect, it } from 'vitest';
import type { GpuProcess, GpuReading } from '../../../src/domain/gpu.ts';
import { bareReading } from '../../../src/sources/gpu/bare-reading.ts';
import { gpuProcesses, gpuUnits, type UnitOf } from '../../../src/sources/processes/gpu-units.ts';

const GIB = 2 ** 30;

const identity = (gpu: string) =>
  ({ gpu, uuid: `GPU-${gpu}`, vendor: 'nvidia', pciBusId: `0000:0${gpu}:00.0` }) as const;

const gpuOf = (gpu: string, processes: readonly GpuProcess[] | undefined, more = {}): GpuReading => ({
  ...bareReading(identity(gpu)),
  processes,
  ...more,
});

const uses = (pid: number, memoryBytes: number | undefined, type = 'C'): GpuProcess => ({
  pid,
  name: 'python',
  type,
  memoryBytes,
});

const unitOf: UnitOf = (pid) =>
  new Map([
    [1, { unit: 'vllm.service', scope: 'system' as const }],
    [2, { unit: 'vllm.service', scope: 'system' as const }],
    [3, { unit: 'vllm.service', scope: 'user' as const, user: 'ann' }],
    [4, { unit: '', scope: 'system' as const }],
  ]).get(pid);

describe('gpuUnits', () => {
  it('sums up by GPU, unit and user', () => {
    const gpus = [gpuOf('0', [uses(1, GIB), uses(2, 2 * GIB), uses(3, 5)]), gpuOf('1', [uses(1, 7)])];
    const unit = 'vllm.service';
    expect(gpuUnits(gpus, unitOf)).toEqual([
      { ...identity('0'), unit, user: undefined, processes: 2, memoryBytes: 3 * GIB, engineSeconds: {} },
      { ...identity('0'), unit, user: 'ann', processes: 1, memoryBytes: 5, engineSeconds: {} },
      { ...identity('1'), unit, user: undefined, processes: 1, memoryBytes: 7, engineSeconds: {} },
    ]);
  });

  it('puts processes of no unit together, and takes none that nobody knows for one of them', () => {
    expect(gpuUnits([gpuOf('0', [uses(4, 1), uses(4, 1), uses(99, 2)])], unitOf)).toMatchObject([
      { unit: '', processes: 1, memoryBytes: 1 },
    ]);
  });

  it('tells containers apart, which may be in no unit', () => {
    const [one, other] = ['3f1a'.repeat(16), '09be'.repeat(16)];
    const containerOf = (container: string) => ({ unit: '', scope: 'system' as const, container });
    const found = gpuUnits([gpuOf('0', [uses(1, 1), uses(2, 2), uses(3, 4), uses(4, 8)])], (pid) =>
      pid < 3 ? containerOf(one) : pid === 3 ? containerOf(other) : unitOf(pid),
    );
    expect(found).toMatchObject([
      { unit: '', container: '3f1a3f1a3f1a', processes: 2, memoryBytes: 3 },
      { unit: '', container: '09be09be09be', processes: 1, memoryBytes: 4 },
      { unit: '', container: undefined, processes: 1, memoryBytes: 8 },
    ]);
  });

  it('never tells two of one name', () => {
    const ids = ['0', '1'].map((end) => `${'ab'.repeat(31)}0${end}`);
    const found = gpuUnits([gpuOf('0', [uses(1, 1), uses(2, 2)])], (pid) => ({
      unit: 'a.service',
      scope: 'user',
      user: 'ann',
      container: ids[pid - 1] ?? '',
    }));
    expect(found).toMatchObject([{ container: 'abababababab', processes: 2, memoryBytes: 3 }]);
  });

  it('counts a process once that both computes and draws', () => {
    const rows = [uses(1, 10, 'C'), uses(1, 10, 'G'), uses(2, 1, 'C+G')];
    expect(gpuUnits([gpuOf('0', rows)], unitOf)).toMatchObject([{ processes: 2, memoryBytes: 11 }]);
  });

  it('adds up the instances of a divided GPU that one process uses', () => {
    const mig = [{ gpuInstance: '1', computeInstances: ['0'], profile: '', memory: {} }];
    const gpu = gpuOf('0', [uses(1, 10), uses(1, 20), uses(1, undefined, 'G')], { mig });
    expect(gpuUnits([gpu], unitOf)).toMatchObject([{ processes: 1, memoryBytes: 30 }]);
  });

  it('has no sum where the driver does not tell the memory of each process', () => {
    const gpu = gpuOf('0', [uses(1, 10), uses(2, undefined)]);
    expect(gpuUnits([gpu], unitOf)).toMatchObject([{ processes: 2, memoryBytes: undefined }]);
  });

  it('has nothing to say where the driver does not list processes, or there are none', () => {
    expect(gpuUnits([gpuOf('0', undefined), gpuOf('1', [])], unitOf)).toEqual([]);
  });
});

describe('gpuProcesses', () => {
  it('gives each process of each GPU once, with its unit', () => {
    const rows = [uses(1, 10, 'C'), uses(1, 12, 'G'), uses(3, undefined), uses(99, 5)];
    const { vendor: _, ...place } = identity('0');
    const none = { container: undefined, user: undefined };
    expect(gpuProcesses([gpuOf('0', rows)], unitOf)).toEqual([
      { ...place, ...none, unit: 'vllm.service', process: uses(1, 12, 'C') },
      { ...place, ...none, unit: 'vllm.service', user: 'ann', process: uses(3, undefined) },
      { ...place, ...none, unit: '', process: uses(99, 5) },
    ]);
  });
});
