import { describe, expect, it } from 'vitest';
import { createWaits } from '../../src/host/waits.ts';

const FOR_EVER = new Promise<never>(() => undefined);

/** Longer than any test. */
const LONG_MS = 3_600_000;

describe('createWaits', () => {
  it('gives the result of the work', async () => {
    await expect(createWaits(LONG_MS).until(Promise.resolve(7), 'asking')).resolves.toBe(7);
  });

  it('passes on what the work throws', async () => {
    const thrown = new Error('no such unit');
    await expect(createWaits(LONG_MS).until(Promise.reject(thrown), 'asking')).rejects.toBe(thrown);
  });

  it('ends with a timeout once the limit is over', async () => {
    await expect(createWaits(5).until(FOR_EVER, 'asking systemd')).rejects.toMatchObject({
      name: 'Failure',
      code: 'timeout',
      message: 'asking systemd: no answer within 0.005 s',
    });
  });

  it('ends every wait when the connection is gone', async () => {
    const waits = createWaits(LONG_MS);
    const both = Promise.allSettled([waits.until(FOR_EVER, 'asking a'), waits.until(FOR_EVER, 'asking b')]);
    waits.abandon('the bus closed the connection');
    expect(await both).toMatchObject([
      { reason: { code: 'unreachable', message: 'asking a: the bus closed the connection' } },
      { reason: { code: 'unreachable', message: 'asking b: the bus closed the connection' } },
    ]);
  });

  it('ends a wait that begins after the connection went, with the first reason', async () => {
    const waits = createWaits(LONG_MS);
    waits.abandon('the bus closed the connection');
    waits.abandon('closed by fettle');
    await expect(waits.until(FOR_EVER, 'asking')).rejects.toMatchObject({
      code: 'unreachable',
      message: 'asking: the bus closed the connection',
    });
  });

  it('leaves alone what had ended before the connection went', async () => {
    const waits = createWaits(LONG_MS);
    const answered = waits.until(Promise.resolve('an answer'), 'asking');
    await answered;
    waits.abandon('gone');
    await expect(answered).resolves.toBe('an answer');
  });

  it('ends with the reason of the signal', async () => {
    const caller = new AbortController();
    const wait = createWaits(LONG_MS).until(FOR_EVER, 'asking', caller.signal);
    const reason = new Error('fettle is being stopped');
    caller.abort(reason);
    await expect(wait).rejects.toBe(reason);
  });

  it('does not begin to wait for a signal that has been given', async () => {
    const reason = new Error('too late');
    const wait = createWaits(LONG_MS).until(FOR_EVER, 'asking', AbortSignal.abort(reason));
    await expect(wait).rejects.toBe(reason);
  });

  it('ends only the wait whose signal was given', async () => {
    const waits = createWaits(LONG_MS);
    let answer: (text: string) => void = () => undefined;
    const other = waits.until(new Promise<string>((resolve) => (answer = resolve)), 'asking b');
    await expect(waits.until(FOR_EVER, 'asking a', AbortSignal.abort())).rejects.toThrow();
    answer('an answer');
    await expect(other).resolves.toBe('an answer');
  });
});
