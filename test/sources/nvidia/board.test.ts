import { expect, it } from 'vitest';
import type { GpuReading } from '../../../src/domain/gpu.ts';
import { createBoard } from '../../../src/sources/nvidia/board.ts';
import { nothingCollected } from '../../../src/sources/nvidia/state.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';

const log = { error: () => undefined, warn: () => undefined, info: () => undefined };

it('hands GPUs over as soon as they were read, and says when they are left out', () => {
  let nowMs = 0;
  const heard: (readonly GpuReading[])[] = [];
  const board = createBoard({
    first: nothingCollected('nvidia-smi'),
    limitMs: 100,
    elapsedMs: () => nowMs,
    log,
    onGpus: (gpus) => void heard.push(gpus),
  });
  const gpus = [gpuReading()];
  const change = { gpus, collection: { ...board.read().collection, success: true } };
  board.update((before) => ({ ...before, ...change }));
  board.update((before) => ({ ...before }));
  expect(heard).toEqual([gpus]);
  expect(heard[0]).toBe(board.read().gpus);
  nowMs = 101;
  board.read();
  expect(heard).toEqual([gpus, []]);
});
