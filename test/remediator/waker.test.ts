import { describe, expect, it } from 'vitest';
import { createWaker } from '../../src/remediator/waker.ts';
import { createVirtualClock } from '../fakes/virtual-clock.ts';

function setUp() {
  const clock = createVirtualClock();
  const waker = createWaker(clock);
  const stopping = new AbortController();
  const said: string[] = [];
  const sleep = (name: string, ms: number | undefined) =>
    waker.sleep(ms, stopping.signal).then(
      () => void said.push(`${name} is up`),
      (thrown: unknown) => void said.push(`${name}: ${String(thrown)}`),
    );
  return { clock, waker, stopping, said, sleep };
}

describe('sleepers', () => {
  it('sleep as long as they said, and those who said nothing until they are woken', async () => {
    const { clock, said, sleep, waker } = setUp();
    void sleep('a', 1000);
    void sleep('b', undefined);
    await clock.advance(999);
    expect(said).toEqual([]);
    await clock.advance(1);
    expect(said).toEqual(['a is up']);
    await clock.advance(1_000_000);
    expect(said).toEqual(['a is up']);
    waker.wake();
    await clock.advance(0);
    expect(said).toEqual(['a is up', 'b is up']);
  });

  it('are all woken at once, and only those who sleep then', async () => {
    const { clock, said, sleep, waker } = setUp();
    void sleep('a', 1000);
    void sleep('b', 2000);
    waker.wake();
    void sleep('c', 1000);
    await clock.advance(0);
    expect(said).toEqual(['a is up', 'b is up']);
    await clock.advance(1000);
    expect(said).toEqual(['a is up', 'b is up', 'c is up']);
  });

  it('are told why when they are stopped', async () => {
    const { clock, said, sleep, stopping } = setUp();
    void sleep('a', 1000);
    void sleep('b', undefined);
    stopping.abort('that is all');
    await clock.advance(0);
    void sleep('c', 1000);
    await clock.advance(0);
    expect(said.toSorted()).toEqual(['a: that is all', 'b: that is all', 'c: that is all']);
  });
});
