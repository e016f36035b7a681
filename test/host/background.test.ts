import { describe, expect, it, onTestFinished } from 'vitest';
import { type Background, type BackgroundOptions, startBackground } from '../../src/host/background.ts';
import { systemClock, yieldTurn } from '../../src/host/clock.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { waitFor } from '../lab/wait.ts';

/** Hours pass in one turn of the event loop. */
const hasty = { ...systemClock, sleep: yieldTurn };

function started<T>(read: BackgroundOptions<T>['read'], more: Partial<BackgroundOptions<T>> = {}) {
  const { log, lines } = recordedLog();
  const everyMs = 3_600_000;
  const background: Background<T> = startBackground({
    what: 'reading the thing',
    read,
    everyMs,
    limitMs: 10_000,
    clock: hasty,
    log,
    ...more,
  });
  onTestFinished(() => background.stop());
  return { background, lines };
}

const until = (what: string, holds: () => boolean) =>
  waitFor(what, () => holds() || undefined, { everyMs: 2 });

describe('startBackground', () => {
  it('has nothing before the first reading, then the last one and its age', async () => {
    let now = 0;
    const clock = { ...hasty, elapsedMs: () => now };
    let count = 0;
    const { background } = started(async () => ++count, { clock });
    expect(background.last()).toEqual({
      value: undefined,
      ageSeconds: undefined,
      failures: 0,
      problem: undefined,
      stuck: false,
    });
    await background.first;
    expect(background.last()).toMatchObject({ value: 1, ageSeconds: 0, failures: 0 });
    now = 7000;
    expect(background.last().ageSeconds).toBe(7);
    await until('it is read again', () => (background.last().value ?? 0) >= 3);
  });

  it('has nothing after a failure, says so once, and goes on', async () => {
    let count = 0;
    const { background, lines } = started(async () => {
      count += 1;
      if (count === 2 || count === 3) throw new Error('no driver');
      return count;
    });
    await background.first;
    expect(background.last().value).toBe(1);
    await until('it has failed', () => background.last().failures > 0);
    await until('it is read again', () => (background.last().value ?? 0) >= 4);
    expect(background.last()).toMatchObject({ failures: 2, problem: undefined });
    expect(lines).toEqual([
      { level: 'warn', fields: { err: 'no driver' }, message: 'reading the thing failed' },
    ]);
  });

  it('says what went wrong the last time, until a reading goes well', async () => {
    let broken = true;
    const { background } = started(async () => {
      if (broken) throw new Error('no driver');
      return 1;
    });
    await background.first;
    expect(background.last()).toMatchObject({ value: undefined, problem: 'reading the thing: no driver' });
    broken = false;
    await until('it is read again', () => background.last().value === 1);
    expect(background.last().problem).toBeUndefined();
  });

  it.each([1, 2])(
    'starts no other reading while one hangs, be it number %d, and goes on then',
    async (nth) => {
      let count = 0;
      let end = (_value: number) => {};
      const hanging = new Promise<number>((resolve) => {
        end = resolve;
      });
      const read = () => {
        count += 1;
        return count === nth ? hanging : Promise.resolve(count);
      };
      const { background } = started(read, { limitMs: 5 });
      await until('it is stuck', () => background.last().stuck && background.last().failures === 1);
      expect(background.last().value).toBeUndefined();
      expect(background.last().problem).toBe('reading the thing: not done within 0.005 s');
      // Many times what it waits between two readings.
      await systemClock.sleep(30);
      expect(count).toBe(nth);
      end(0);
      await until('it is read again', () => (background.last().value ?? 0) > nth);
      expect(background.last()).toMatchObject({ failures: 1 });
    },
  );

  it('tells a reading that its time is up', async () => {
    const { background } = started(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      { limitMs: 5 },
    );
    await until('it has failed twice', () => background.last().failures >= 2);
  });

  it('reads no more once stopped, and calls off what is under way', async () => {
    let called = 0;
    const { background, lines } = started((signal) => {
      called += 1;
      return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    background.stop();
    await background.first;
    expect(called).toBe(1);
    expect(background.last().failures).toBe(0);
    expect(lines).toEqual([]);
  });
});
