import { describe, expect, it } from 'vitest';
import { gpuInventory, gpuVerdict } from '../../../src/app/doctor/gpus.ts';
import type { GpusReading } from '../../../src/app/gpus.ts';
import type { GpuState, SeenGpu } from '../../../src/app/seen-gpus.ts';
import { gpuProblems } from '../../../src/cli/gpu/problems.ts';
import type { GpuCollection } from '../../../src/domain/gpu-collection.ts';
import { bareReading } from '../../../src/sources/gpu/bare-reading.ts';

function seen(state: GpuState, driver = 'nvidia'): SeenGpu {
  const gpu = state === 'present' ? '0' : '';
  const reading = bareReading({ gpu, uuid: '', vendor: 'nvidia', pciBusId: '0000:01:00.0' }, 'RTX 4090');
  return { reading, state, driver, users: undefined, xids: undefined };
}

const COLLECTION: GpuCollection = {
  backend: 'nvidia-smi',
  success: true,
  durationSeconds: 0.1,
  lastSuccessSeconds: 1,
  exitCode: 0,
  failures: { timeout: 0, exit: 0, parse: 0, missing: 0 },
  stuckProcesses: 0,
  unavailable: new Map(),
  problem: undefined,
};

function read(gpus: readonly SeenGpu[], change: Partial<GpuCollection> = {}): GpusReading {
  return { gpus, nvidia: { ...COLLECTION, ...change }, problems: [] };
}

describe('gpuVerdict', () => {
  it('is content where there is no GPU', () => {
    expect(gpuVerdict(read([]), gpuProblems)).toMatchObject({ state: 'ok' });
  });

  it('tells what nvidia-smi says where there is none, unless it is not there either', () => {
    const problem = 'nvidia-smi ended with exit code 9: no driver';
    expect(gpuVerdict(read([], { absence: { reason: 'exit', problem } }), gpuProblems)).toMatchObject({
      state: 'warn',
      told: expect.stringContaining(problem),
      mend: expect.stringContaining('lspci'),
    });
    const missing = { absence: { reason: 'missing', problem } } as const;
    expect(gpuVerdict(read([], missing), gpuProblems).state).toBe('ok');
  });

  it.each([
    ['present', 'ok', '1 of 1 GPU can be read'],
    ['asleep', 'ok', '1 of 1 GPU can be read: 0000:01:00.0 is asleep'],
    ['given-away', 'ok', '0 of 1 GPU can be read: 0000:01:00.0 is given to a virtual machine'],
    ['driverless', 'warn', '0 of 1 GPU can be read: 0000:01:00.0 is without a driver'],
    ['unread', 'warn', '0 of 1 GPU can be read: 0000:01:00.0 is not read'],
    ['lost', 'fail', '0 of 1 GPU can be read: 0000:01:00.0 is lost'],
  ] as const)('of one that is %s: %s', (gpuState, state, told) => {
    expect(gpuVerdict(read([seen(gpuState)]), gpuProblems)).toMatchObject({ state, told });
  });

  it('does not mind GPUs of NVIDIA that nobody is to read', () => {
    const reading = { ...read([seen('unread')]), nvidia: undefined };
    expect(gpuVerdict(reading, gpuProblems)).toMatchObject({ state: 'ok' });
  });

  it('fails with the advice that fettle gpu gives', () => {
    const failed = { problem: 'nvidia-smi is not there', failures: { ...COLLECTION.failures, missing: 1 } };
    expect(gpuVerdict(read([seen('unread')], failed), gpuProblems)).toMatchObject({
      state: 'fail',
      mend: expect.stringContaining('exporter.gpu.nvidia.path'),
    });
    const other = { ...read([seen('present')]), problems: ['reading the PCI bus: EIO'] };
    expect(gpuVerdict(other, gpuProblems)).toMatchObject({ state: 'fail', mend: 'reading the PCI bus: EIO' });
  });
});

describe('gpuInventory', () => {
  it('says what each is, its driver, and what is the matter', () => {
    expect(gpuInventory(read([seen('present'), seen('driverless', '')]))).toEqual([
      { vendor: 'nvidia', name: 'RTX 4090', driver: 'nvidia', pciBusId: '0000:01:00.0', note: '' },
      { vendor: 'nvidia', name: 'RTX 4090', driver: '', pciBusId: '0000:01:00.0', note: 'without a driver' },
    ]);
  });
});
