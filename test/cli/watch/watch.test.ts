import { describe, expect, it } from 'vitest';
import { watch } from '../../../src/cli/watch/watch.ts';

const READING = { what: 'was read' };

describe('a watch', () => {
  it('reads and shows, rests, and ends when it is told to', async () => {
    const stop = new AbortController();
    const events: string[] = [];
    await watch({
      read: async () => {
        events.push('read');
        return READING;
      },
      show: (reading) => events.push(reading === READING ? 'show' : 'something else'),
      intervalMs: 2000,
      clock: {
        sleep: async (ms) => {
          events.push(`sleep ${ms}`);
          if (events.length > 5) stop.abort();
          stop.signal.throwIfAborted();
        },
      },
      stop: stop.signal,
    });
    expect(events).toEqual(['read', 'show', 'sleep 2000', 'read', 'show', 'sleep 2000']);
  });

  it('does not begin where it has been told to end', async () => {
    const read = () => Promise.reject(new Error('read nonetheless'));
    const clock = { sleep: () => Promise.resolve() };
    await watch({ read, show: () => undefined, intervalMs: 1, clock, stop: AbortSignal.abort() });
  });

  it('ends with an error that is not that', async () => {
    const clock = { sleep: () => Promise.reject(new Error('no such clock')) };
    const parts = { read: async () => READING, show: () => undefined, intervalMs: 1, clock };
    await expect(watch({ ...parts, stop: new AbortController().signal })).rejects.toThrow('no such clock');
  });

  it('does not show what was read while it was told to end', async () => {
    const stop = new AbortController();
    const shown: unknown[] = [];
    const read = async () => stop.abort();
    const clock = { sleep: () => Promise.resolve() };
    const show = (reading: unknown) => shown.push(reading);
    await watch({ read, show, intervalMs: 1, clock, stop: stop.signal });
    expect(shown).toEqual([]);
  });
});
