import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import { systemClock } from '../../../src/host/clock.ts';
import { createDeviceTurns } from '../../../src/host/slow/device-turns.ts';

/** Longer than any test. */
const NEVER_MS = 600_000;

const TIMEOUT = { error: 'timeout' };
const LEFT_OUT = { error: 'unasked' };

function setUp({ places = 2, answerMs = 50, placeMs = NEVER_MS } = {}) {
  const turns = createDeviceTurns(createGate(places), { answerMs, placeMs });
  const begun: string[] = [];
  /** A question whose answer takes so long. */
  const ask = (path: string, ms = 0, signal?: AbortSignal) =>
    turns.ask(
      path,
      path.split('/')[0] ?? '',
      async () => {
        begun.push(path);
        await systemClock.sleep(ms);
        return path;
      },
      signal,
    );
  return { turns, ask, begun };
}

/** A question that is answered when the test says so. */
function hanging(turns: ReturnType<typeof createDeviceTurns>, path: string) {
  let end = () => {};
  const work = () =>
    new Promise<string>((resolve) => {
      end = () => resolve(path);
    });
  const outcome = turns.ask(path, path.split('/')[0] ?? '', work);
  return { outcome, end: () => end() };
}

describe('turns of devices', () => {
  it('are one at a time for each device, in order, and side by side for several', async () => {
    const { ask, begun } = setUp({ answerMs: NEVER_MS });
    const all = ['a/1', 'a/2', 'b/1', 'a/3', 'b/2'].map((path) => ask(path, 5));
    expect(begun).toEqual(['a/1', 'b/1']);
    await Promise.all(all);
    expect(begun.filter((path) => path.startsWith('a'))).toEqual(['a/1', 'a/2', 'a/3']);
    expect(begun.filter((path) => path.startsWith('b'))).toEqual(['b/1', 'b/2']);
  });

  it('give slow devices their values, however long the line is', async () => {
    const { ask } = setUp({ answerMs: 200 });
    const paths = Array.from({ length: 64 }, (_, n) => `${n}/temp1`);
    // Together they take many times the limit of one.
    expect(await Promise.all(paths.map((path) => ask(path, 20)))).toEqual(paths.map((value) => ({ value })));
  });

  it('are over for a device that hangs, until it has answered', async () => {
    const { turns, ask, begun } = setUp();
    const hung = hanging(turns, 'a/1');
    const waiting = [ask('a/2'), ask('a/1')];
    expect(await hung.outcome).toEqual(TIMEOUT);
    expect(await Promise.all(waiting)).toEqual([LEFT_OUT, TIMEOUT]);
    expect(await ask('a/1')).toEqual(TIMEOUT);
    expect(await ask('a/2')).toEqual(LEFT_OUT);
    expect(turns.hung()).toMatchObject([{ path: 'a/1' }]);
    expect(begun).toEqual([]);
    hung.end();
    await systemClock.sleep(0);
    expect(await ask('a/2')).toEqual({ value: 'a/2' });
    expect(turns.hung()).toEqual([]);
  });

  it('go on for all others beside one device that hangs', async () => {
    const { turns, ask } = setUp();
    const hung = hanging(turns, 'a/1');
    expect(await hung.outcome).toEqual(TIMEOUT);
    // Each begins at the very moment at which the one before has ended.
    for (let n = 0; n < 200; n += 1) expect(await ask(`b${n}/1`)).toEqual({ value: `b${n}/1` });
    const many = Array.from({ length: 200 }, (_, n) => `c${n % 7}/${n}`);
    expect(await Promise.all(many.map((path) => ask(path)))).toEqual(many.map((value) => ({ value })));
    hung.end();
  });

  it('are given up at once while all places are kept, and begin again when one comes free', async () => {
    const { turns, ask, begun } = setUp();
    const hung = ['a/1', 'b/1'].map((path) => hanging(turns, path));
    const waiting = ['c/1', 'c/2', 'd/1'].map((path) => ask(path));
    expect(await Promise.all(hung.map(({ outcome }) => outcome))).toEqual([TIMEOUT, TIMEOUT]);
    expect(await Promise.all(waiting)).toEqual([LEFT_OUT, LEFT_OUT, LEFT_OUT]);
    for (let round = 0; round < 3; round += 1) expect(await ask('c/1')).toEqual(LEFT_OUT);
    expect(begun).toEqual([]);
    hung[1]?.end();
    await systemClock.sleep(0);
    expect(await ask('c/1')).toEqual({ value: 'c/1' });
    hung[0]?.end();
  });

  it('come first for what was left out for want of time, and nobody is left out for ever', async () => {
    const { ask, begun } = setUp({ places: 1, answerMs: NEVER_MS });
    const paths = Array.from({ length: 12 }, (_, n) => `a/${n}`);
    for (let round = 0; round < 20 && new Set(begun).size < paths.length; round += 1) {
      const signal = AbortSignal.timeout(40);
      setMaxListeners(0, signal);
      await Promise.all(paths.map((path) => ask(path, 10, signal)));
    }
    expect(new Set(begun).size).toBe(paths.length);
  });

  it('wait for a place only so long', async () => {
    const { turns, ask } = setUp({ places: 1, answerMs: NEVER_MS, placeMs: 20 });
    const slow = hanging(turns, 'a/1');
    expect(await Promise.all([ask('a/2'), ask('b/1')])).toEqual([LEFT_OUT, LEFT_OUT]);
    slow.end();
    expect(await slow.outcome).toEqual({ value: 'a/1' });
    expect(await ask('b/1')).toEqual({ value: 'b/1' });
  });

  it('tell by the name of the kernel why there is no answer', async () => {
    const { turns } = setUp();
    const failing = (thrown: unknown) => turns.ask('a/1', 'a', () => Promise.reject(thrown));
    expect(await failing(Object.assign(new Error('no'), { code: 'EIO' }))).toEqual({ error: 'EIO' });
    expect(await failing(new Error('no luck'))).toEqual({ error: 'no luck' });
  });

  it('never take more than the places, and answer everybody, whatever is asked', async () => {
    const question = fc.record({ device: fc.integer({ min: 0, max: 4 }), fails: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(question, { maxLength: 40 }),
        async (places, all) => {
          const turns = createDeviceTurns(createGate(places), { answerMs: NEVER_MS, placeMs: NEVER_MS });
          const running: number[] = [];
          const outcomes = await Promise.all(
            all.map(({ device, fails }, index) =>
              turns.ask(`${index}`, `${device}`, async () => {
                expect(running).not.toContain(device);
                running.push(device);
                expect(running.length).toBeLessThanOrEqual(places);
                await Promise.resolve();
                running.splice(running.indexOf(device), 1);
                if (fails) throw new Error('no luck');
                return index;
              }),
            ),
          );
          expect(outcomes).toEqual(all.map(({ fails }, value) => (fails ? { error: 'no luck' } : { value })));
        },
      ),
    );
  });
});
