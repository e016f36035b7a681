import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/domain/errors.ts';
import { withinLimit } from '../../src/domain/limit.ts';

const never = () => new Promise<never>(() => undefined);

describe('work within a limit', () => {
  it('gives its result', async () => {
    expect(await withinLimit('counting', 1000, undefined, async () => 7)).toBe(7);
  });

  it('fails as it failed', async () => {
    await expect(
      withinLimit('counting', 1000, undefined, () => Promise.reject(new Error('no'))),
    ).rejects.toThrow('no');
  });

  it('ends when time is up, also if it does not listen, and says what it was', async () => {
    const failure = await withinLimit('counting', 5, undefined, never).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'timeout', message: 'counting: not done within 0.005 s' });
  });

  it('tells the work by its signal that time is up', async () => {
    let given: AbortSignal | undefined;
    const work = (signal: AbortSignal) => {
      given = signal;
      return never();
    };
    await expect(withinLimit('counting', 5, undefined, work)).rejects.toThrow();
    expect(given?.aborted).toBe(true);
  });

  it('ends with the reason of whoever calls it off', async () => {
    const controller = new AbortController();
    const working = withinLimit('counting', 10_000, controller.signal, never);
    controller.abort(new Error('fettle is being stopped'));
    await expect(working).rejects.toThrow('fettle is being stopped');
  });

  it('does not begin if it was called off before', async () => {
    let begun = false;
    const work = async () => {
      begun = true;
    };
    await expect(withinLimit('counting', 1000, AbortSignal.abort(new Error('off')), work)).rejects.toThrow(
      'off',
    );
    expect(begun).toBe(false);
  });

  it('may be longer than a timer of Node', async () => {
    const month = 30 * 24 * 3600 * 1000;
    expect(await withinLimit('waiting', month, undefined, () => later(20, 'done'))).toBe('done');
  });

  it('does not count time that is spent in a line', async () => {
    let goOn: () => void = () => undefined;
    const result = await withinLimit('waiting', 30, undefined, async (signal, hold) => {
      const first = hold();
      const second = hold();
      await later(60, undefined);
      first();
      // A second call changes nothing: the other one still waits.
      first();
      await later(60, undefined);
      goOn = second;
      return signal.aborted;
    });
    expect(result).toBe(false);
    goOn();
  });

  it('goes on after a line with the time that was left', async () => {
    const working = withinLimit('waiting', 30, undefined, async (_, hold) => {
      const goOn = hold();
      await later(60, undefined);
      goOn();
      await never();
    });
    await expect(working).rejects.toMatchObject({ code: 'timeout' });
  });

  it('can be called off in a line', async () => {
    const controller = new AbortController();
    const working = withinLimit('waiting', 10, controller.signal, async (_, hold) => {
      hold();
      await never();
    });
    controller.abort(new Error('off'));
    await expect(working).rejects.toThrow('off');
  });
});

function later<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms));
}
