import { describe, expect, it } from 'vitest';
import type { GpusReading } from '../../../src/app/gpus.ts';
import type { SeenGpu } from '../../../src/app/seen-gpus.ts';
import { gpuProblems, isAllRead } from '../../../src/cli/gpu/problems.ts';
import type { GpuCollection, GpuFailureReason } from '../../../src/domain/gpu-collection.ts';
import { nothingCollected } from '../../../src/sources/nvidia/state.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';

const { collection: FINE } = nothingCollected('nvidia-smi');

const failed = (reason: GpuFailureReason, exitCode?: number): GpuCollection => ({
  ...FINE,
  success: false,
  exitCode,
  failures: { ...FINE.failures, [reason]: 1 },
  problem: 'it went wrong',
});

const card = (driver: string, state: SeenGpu['state'] = 'unread'): SeenGpu => ({
  reading: gpuReading({ gpu: '' }),
  state,
  driver,
  users: undefined,
  xids: undefined,
});

const problems = (reading: Partial<GpusReading>) =>
  gpuProblems({ gpus: [card('nvidia')], nvidia: FINE, problems: [], ...reading });

describe('gpuProblems', () => {
  it('are none where all was read', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ nvidia: undefined })).toEqual([]);
  });

  it('say what was looked for where there is no GPU', () => {
    const elsewhere =
      'there is none of NVIDIA, AMD or Intel on the PCI bus, no card in /sys/class/drm, and this is no Jetson';
    expect(problems({ gpus: [] })).toEqual([`no GPU was found: nvidia-smi shows none; ${elsewhere}`]);
    const absence = { reason: 'exit', problem: 'nvidia-smi ended with exit code 9: no driver' } as const;
    expect(problems({ gpus: [], nvidia: { ...FINE, absence } })).toEqual([
      `no GPU was found: nvidia-smi ended with exit code 9: no driver; ${elsewhere}`,
    ]);
    expect(problems({ gpus: [], nvidia: undefined })).toEqual([
      `no GPU was found: nvidia-smi is switched off; ${elsewhere}`,
    ]);
  });

  it('do not say that there is none where that could not be found out', () => {
    expect(problems({ gpus: [], problems: ['reading the PCI bus: timeout'] })).toEqual([
      'reading the PCI bus: timeout',
    ]);
  });

  it.each<[GpuCollection, string | undefined]>([
    [failed('timeout'), undefined],
    [failed('parse', 0), undefined],
    [failed('exit', 255), undefined],
    [failed('missing'), 'Install it, or say where it is: exporter.gpu.nvidia.path in the file of --config'],
    [failed('exit', 4), 'This user may not: be root, or be let to read and write /dev/nvidia*'],
    [
      failed('exit', 9),
      'The driver is not loaded: modprobe nvidia; if that fails, dkms status and dmesg tell why',
    ],
    [failed('exit', 12), 'The libraries of the driver are missing: install those of its version'],
    [
      failed('exit', 18),
      'The libraries and the loaded driver are of different versions, as after an update: reboot the machine',
    ],
  ])('say what to do, %#', (nvidia, advice) => {
    const sentence = 'NVIDIA GPUs cannot be read: it went wrong';
    expect(problems({ nvidia })).toEqual([advice === undefined ? sentence : `${sentence}. ${advice}`]);
  });

  it('name the driver that has the card, if it is not one of NVIDIA', () => {
    const gpus = [card('vfio-pci', 'given-away'), card('nouveau')];
    expect(problems({ gpus, nvidia: failed('exit', 9) })).toEqual([
      "NVIDIA GPUs cannot be read: it went wrong. The card is with the driver nouveau, and nvidia-smi works with NVIDIA's own alone: install and load that",
    ]);
    expect(problems({ gpus: gpus.slice(0, 1), nvidia: failed('exit', 9) })[0]).toContain('modprobe nvidia');
  });
});

describe('isAllRead', () => {
  it.each([
    ['present', true],
    ['asleep', true],
    ['given-away', true],
    ['driverless', true],
    ['lost', false],
    ['unread', false],
  ] as const)('of one that is %s: %s', (state, expected) => {
    expect(isAllRead({ gpus: [card('nvidia', state)], nvidia: FINE, problems: [] })).toBe(expected);
  });

  it('does not miss GPUs of NVIDIA that nobody is to read, unless they are lost', () => {
    const read = (state: SeenGpu['state']) =>
      isAllRead({ gpus: [card('nvidia', state)], nvidia: undefined, problems: [] });
    expect([read('unread'), read('lost')]).toEqual([true, false]);
  });
});
