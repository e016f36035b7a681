import { describe, expect, it } from 'vitest';
import {
  afterSuccess,
  asOf,
  nothingCollected,
  whileAbsent,
  whileAsleep,
} from '../../../src/sources/nvidia/state.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';

const READING = {
  gpus: [gpuReading()],
  attached: 1,
  lost: ['0000:02:00.0'],
  minorNumbers: [0],
  unavailable: new Map([['fan_speed', 1]]),
  unparsed: [],
};
const FACTS = { nowSeconds: 1000, durationSeconds: 1, exitCode: 0, lost: [] };
const FIRST = nothingCollected('nvidia-smi');
const READ = afterSuccess(FIRST, READING, FACTS);
const LIMIT = { foundAtMs: 5000, limitMs: 29_000 };

describe('what was found', () => {
  it('is shown until its time is up', () => {
    expect(asOf(READ, { ...LIMIT, nowMs: 34_000 })).toBe(READ);
  });

  it('is left out from then on, and a sentence says why', () => {
    const { collection, ...rest } = asOf(READ, { ...LIMIT, nowMs: 34_001 });
    expect(rest).toEqual({ gpus: [], attached: undefined, lost: [] });
    expect(collection).toMatchObject({
      success: false,
      lastSuccessSeconds: 1000,
      durationSeconds: undefined,
      exitCode: undefined,
      unavailable: new Map(),
      problem:
        'nvidia-smi has given nothing for more than 29 s, and has not ended: something hangs, see dmesg',
    });
  });

  it('grows old where all GPUs sleep, too', () => {
    const asleep = whileAsleep(READ);
    expect(asleep.collection).toMatchObject({ success: true, lastSuccessSeconds: 1000 });
    expect(asOf(asleep, { ...LIMIT, nowMs: 34_001 }).collection.success).toBe(false);
  });

  it.each([FIRST, whileAbsent(FIRST, { reason: 'missing', problem: 'no such file' })])(
    'cannot grow old where nothing was',
    (state) => {
      expect(asOf(state, { ...LIMIT, nowMs: 1e9 })).toBe(state);
    },
  );
});
