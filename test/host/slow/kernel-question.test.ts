import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import { createKernelQuestion } from '../../../src/host/slow/kernel-question.ts';

/** Work that ends when the test says so. */
function heldWork() {
  const ends: ((value: string) => void)[] = [];
  return { ends, work: () => new Promise<string>((resolve) => ends.push(resolve)) };
}

const NOBODY = new AbortController().signal;

describe('a question for the kernel', () => {
  it('is not asked again before it has been answered', async () => {
    const { ends, work } = heldWork();
    const ask = createKernelQuestion('/mnt/models', work);
    const places = createGate(2);
    const first = ask(places, NOBODY);
    await expect(ask(places, NOBODY)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/^\/mnt\/models: .* has not answered an earlier question yet/),
    });
    expect(ends).toHaveLength(1);
    ends[0]?.('answer');
    expect(await first).toBe('answer');
    const second = ask(places, NOBODY);
    ends[1]?.('another');
    expect(await second).toBe('another');
  });

  it('that fails can be asked again', async () => {
    const ask = createKernelQuestion('/x', () => Promise.reject(new Error('no')));
    await expect(ask(createGate(1), NOBODY)).rejects.toThrow('no');
    await expect(ask(createGate(1), NOBODY)).rejects.toThrow('no');
  });

  it('that gets a place too late is not asked any more', async () => {
    const { ends, work } = heldWork();
    const places = createGate(1);
    const hanging = createKernelQuestion('/a', work)(places, NOBODY);
    const called = new AbortController();
    const waiting = createKernelQuestion('/b', work)(places, called.signal);
    called.abort(new Error('time is up'));
    ends[0]?.('answer');
    expect(await hanging).toBe('answer');
    await expect(waiting).rejects.toThrow('time is up');
    expect(ends).toHaveLength(1);
  });
});
