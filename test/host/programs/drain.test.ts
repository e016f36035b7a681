import { describe, expect, it } from 'vitest';
import { createWaiting, drained } from '../../../src/host/programs/drain.ts';

describe('createWaiting', () => {
  it('counts the time in which nothing was there to be read', () => {
    let now = 1000;
    const waiting = createWaiting(() => now);
    now += 10;
    waiting.end();
    now += 500;
    expect(waiting.ms()).toBe(10);
    waiting.begin();
    now += 5;
    waiting.begin();
    now += 5;
    expect(waiting.ms()).toBe(20);
    waiting.reset();
    now += 7;
    expect(waiting.ms()).toBe(7);
    waiting.end();
    waiting.reset();
    now += 500;
    expect(waiting.ms()).toBe(0);
  });
});

describe('drained', () => {
  it('resolves when all is read, and has nothing to end', async () => {
    let overdue = 0;
    await drained([Promise.resolve()], { waitedMs: () => 0, limitMs: 1 }, () => {
      overdue += 1;
    });
    expect(overdue).toBe(0);
  });

  it('ends what is held open once nobody has been busy for so long', async () => {
    let looks = 0;
    let overdue = 0;
    const waitedMs = () => {
      looks += 1;
      return looks > 2 ? 10 : 0;
    };
    await drained([new Promise(() => undefined)], { waitedMs, limitMs: 10 }, () => {
      overdue += 1;
    });
    expect({ looks, overdue }).toEqual({ looks: 3, overdue: 1 });
  });
});
