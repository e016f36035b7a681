import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../src/domain/gate.ts';

/** Work that ends when it is told to. */
function pieceOfWork() {
  let started = false;
  let end: () => void = () => undefined;
  let fail: (thrown: Error) => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const work = () => {
    started = true;
    return done;
  };
  return { work, end: () => end(), fail: (thrown: Error) => fail(thrown), isStarted: () => started };
}

/** Lets everything that can happen without further doing happen. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('createGate', () => {
  it('starts work up to the limit at once and the rest in order, one for each that ends', async () => {
    const gate = createGate(2);
    const pieces = [pieceOfWork(), pieceOfWork(), pieceOfWork(), pieceOfWork()] as const;
    const started = () => pieces.map((piece) => piece.isStarted());
    for (const { work } of pieces) void gate(work);
    await settle();
    expect(started()).toEqual([true, true, false, false]);
    pieces[1].end();
    await settle();
    expect(started()).toEqual([true, true, true, false]);
    pieces[0].end();
    await settle();
    expect(started()).toEqual([true, true, true, true]);
  });

  it('gives the place of work that failed to the next, and its error to the caller', async () => {
    const gate = createGate(1);
    const first = pieceOfWork();
    const failing = gate(first.work);
    const next = gate(async () => 'the next');
    first.fail(new Error('no luck'));
    await expect(failing).rejects.toThrow('no luck');
    await expect(next).resolves.toBe('the next');
    await expect(gate(async () => 'one later')).resolves.toBe('one later');
  });

  it('lets nobody slip in while a place passes from one to the next', async () => {
    const gate = createGate(1);
    const [first, waiting, late] = [pieceOfWork(), pieceOfWork(), pieceOfWork()] as const;
    const ending = gate(first.work);
    void gate(waiting.work);
    first.end();
    // Comes at the very moment at which the first has ended.
    await ending.then(() => void gate(late.work));
    await settle();
    expect([waiting.isStarted(), late.isStarted()]).toEqual([true, false]);
  });

  it('never runs more than the limit, whatever the order of ends, and runs everything', async () => {
    const plan = fc.array(fc.record({ turns: fc.integer({ min: 1, max: 5 }), fails: fc.boolean() }), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), plan, async (limit, pieces) => {
        const gate = createGate(limit);
        const order: number[] = [];
        let running = 0;
        let most = 0;
        const results = pieces.map(({ turns, fails }, index) =>
          gate(async () => {
            order.push(index);
            most = Math.max(most, ++running);
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            running--;
            if (fails) throw new Error('no luck');
          }),
        );
        const ends = await Promise.allSettled(results);
        expect(ends.map(({ status }) => status === 'rejected')).toEqual(pieces.map(({ fails }) => fails));
        expect(order).toEqual(pieces.map((_, index) => index));
        expect(most).toBe(Math.min(limit, pieces.length));
      }),
    );
  });

  it('lets those who wait leave the line, and goes on with the next', async () => {
    const gate = createGate(1);
    const [first, gone, next] = [pieceOfWork(), pieceOfWork(), pieceOfWork()] as const;
    const caller = new AbortController();
    const ending = gate(first.work, caller.signal);
    const leaving = gate(gone.work, caller.signal);
    void gate(next.work);
    caller.abort(new Error('no longer wanted'));
    await expect(leaving).rejects.toThrow('no longer wanted');
    await expect(gate(gone.work, caller.signal)).rejects.toThrow('no longer wanted');
    // What has begun goes on.
    first.end();
    await ending;
    await settle();
    expect([gone.isStarted(), next.isStarted()]).toEqual([false, true]);
  });
});
