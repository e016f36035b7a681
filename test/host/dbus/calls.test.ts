import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Body, Calls } from '../../../src/host/dbus/calls.ts';
import type { MethodCall } from '../../../src/host/dbus/outgoing.ts';

/** Longer than any test. */
const LONG_MS = 3_600_000;

function callOf(member: string): MethodCall {
  return { destination: 'a.b', path: '/', interface: 'a.b', member };
}

async function makeOne(calls: Calls, member: string, signal?: AbortSignal): Promise<Body | undefined> {
  const [body] = await calls.make([callOf(member)], signal);
  return body;
}

/** Calls that note what they send, the first one with serial 1. */
function startCalls({ timeoutMs = LONG_MS, inFlight = 64, unanswered = 127, onSilence = () => {} } = {}) {
  const sent: string[] = [];
  const calls = new Calls(({ member }) => sent.push(member), onSilence, { timeoutMs, inFlight, unanswered });
  const make = (member: string, signal?: AbortSignal) => makeOne(calls, member, signal);
  return { calls, sent, make };
}

describe('calls', () => {
  it('end with the answers to their serials', async () => {
    const { calls, make } = startCalls();
    const both = Promise.all([make('A'), make('B')]);
    calls.answer(2, ['b']);
    calls.answer(1, ['a']);
    await expect(both).resolves.toEqual([['a'], ['b']]);
  });

  it('end with the error that is their answer', async () => {
    const { calls, make } = startCalls();
    const made = make('A');
    const error = new Error('no such unit');
    calls.fail(1, error);
    await expect(made).rejects.toBe(error);
  });

  it('that are made together give all bodies in the order in which they were made', async () => {
    const { calls, sent } = startCalls({ inFlight: 2 });
    const made = calls.make(['A', 'B', 'C'].map(callOf));
    calls.answer(2, ['b']);
    calls.answer(3, ['c']);
    calls.answer(1, ['a']);
    await expect(made).resolves.toEqual([['a'], ['b'], ['c']]);
    expect(sent).toEqual(['A', 'B', 'C']);
    await expect(calls.make([])).resolves.toEqual([]);
  });

  it('that are made together fail as the first of them that fails; the others end unheard', async () => {
    const { calls, sent, make } = startCalls({ inFlight: 3 });
    const made = calls.make(['A', 'B', 'C'].map(callOf));
    const error = new Error('no such property');
    calls.answer(1, ['a']);
    calls.fail(3, error);
    calls.fail(2, new Error('later'));
    await expect(made).rejects.toBe(error);
    const next = ['D', 'E', 'F'].map((member) => make(member));
    expect(sent).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
    calls.abandon('closed');
    await Promise.allSettled(next);
  });

  it('wait for their turn beyond the limit, and are sent in order as others end', async () => {
    const { calls, sent, make } = startCalls({ inFlight: 2 });
    const made = ['A', 'B', 'C', 'D'].map((member) => make(member));
    expect(sent).toEqual(['A', 'B']);
    calls.answer(2, []);
    expect(sent).toEqual(['A', 'B', 'C']);
    calls.fail(1, new Error('no luck'));
    expect(sent).toEqual(['A', 'B', 'C', 'D']);
    await expect(made[0]).rejects.toThrow('no luck');
    await expect(made[1]).resolves.toEqual([]);
    calls.abandon('closed');
    await Promise.allSettled(made);
  });

  it('fail when their time is up, and give their place to the next', async () => {
    const { calls, sent, make } = startCalls({ timeoutMs: 5, inFlight: 1 });
    const [first, second] = [make('A'), make('B')];
    await expect(first).rejects.toMatchObject({
      name: 'Failure',
      code: 'timeout',
      message: 'A of a.b: no answer within 0.005 s',
    });
    expect(sent).toEqual(['A', 'B']);
    expect([calls.expects(1), calls.expects(2)]).toEqual([false, true]);
    calls.answer(1, ['late']);
    calls.answer(2, ['in time']);
    await expect(second).resolves.toEqual(['in time']);
  });

  it('each have their own time, though one timer serves them all', async () => {
    const { make } = startCalls({ timeoutMs: 20 });
    const first = make('A');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = make('B');
    await expect(first).rejects.toMatchObject({ code: 'timeout' });
    await expect(second).rejects.toMatchObject({ code: 'timeout' });
  });

  it('that were given up count until their answers come, since the bus counts them', async () => {
    let silent = false;
    const { calls, sent, make } = startCalls({
      inFlight: 2,
      unanswered: 3,
      onSilence: () => (silent = true),
    });
    const caller = new AbortController();
    const made = ['A', 'B'].map((member) => make(member, caller.signal));
    caller.abort();
    await Promise.allSettled(made);
    const [third, fourth] = [make('C'), make('D')];
    expect(sent).toEqual(['A', 'B', 'C']);
    expect(calls.expects(1)).toBe(false);
    expect(sent).toEqual(['A', 'B', 'C', 'D']);
    calls.answer(3, ['c']);
    calls.answer(4, ['d']);
    expect([await third, await fourth]).toEqual([['c'], ['d']]);
    expect(silent).toBe(false);
  });

  it('tell when so many were given up that no other can be sent', async () => {
    let silent = 0;
    const { calls, sent, make } = startCalls({ timeoutMs: 5, unanswered: 3, onSilence: () => silent++ });
    const ends = await Promise.allSettled(['A', 'B', 'C'].map((member) => make(member)));
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(silent).toBe(1);
    const waiting = make('D');
    expect(sent).toEqual(['A', 'B', 'C']);
    calls.expects(2);
    calls.answer(4, ['d']);
    expect(await waiting).toEqual(['d']);
  });

  it('leave no timer behind when the connection is gone', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const { calls, make } = startCalls();
    const made = Promise.allSettled([make('A'), make('B')]);
    expect(timers()).toBe(before + 1);
    calls.abandon('closed by fettle');
    expect(timers()).toBe(before);
    await made;
  });

  it('all end when the connection is gone, those that wait as well as those that come later', async () => {
    const { calls, sent, make } = startCalls({ inFlight: 1 });
    const made = Promise.allSettled([make('A'), make('B')]);
    calls.abandon('the bus closed the connection');
    calls.abandon('closed by fettle');
    expect(await made).toMatchObject([
      { reason: { code: 'unreachable', message: 'A of a.b: the bus closed the connection' } },
      { reason: { code: 'unreachable', message: 'B of a.b: the bus closed the connection' } },
    ]);
    await expect(make('C')).rejects.toMatchObject({ message: 'C of a.b: the bus closed the connection' });
    expect(sent).toEqual(['A']);
  });

  it('end with the reason of their signal, whether sent or waiting, and others do not', async () => {
    const { calls, sent, make } = startCalls({ inFlight: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const reason = new Error('fettle is being stopped');
    const made = [make('A', first.signal), make('B', second.signal), make('C')];
    second.abort(reason);
    await expect(made[1]).rejects.toBe(reason);
    first.abort(reason);
    await expect(made[0]).rejects.toBe(reason);
    expect(sent).toEqual(['A', 'C']);
    calls.answer(2, ['c']);
    await expect(made[2]).resolves.toEqual(['c']);
  });

  it('are not sent for a signal that has been given', async () => {
    const { sent, make } = startCalls();
    const reason = new Error('too late');
    await expect(make('A', AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(sent).toEqual([]);
  });

  it('do not listen to their signal any longer than they take', async () => {
    const { calls, make } = startCalls({ timeoutMs: 5 });
    const { signal } = new AbortController();
    const made = [make('A', signal), make('B', signal)];
    calls.answer(1, []);
    expect(getEventListeners(signal, 'abort').length).toBe(1);
    await Promise.allSettled(made);
    expect(getEventListeners(signal, 'abort').length).toBe(0);
  });

  it('that cannot be sent fail with the reason, and however many there are, the next is sent', async () => {
    const sent: string[] = [];
    const calls = new Calls(
      ({ member }) => {
        if (member === 'Bad') throw new TypeError('it cannot be written');
        return sent.push(member);
      },
      () => undefined,
      { timeoutMs: LONG_MS, inFlight: 1, unanswered: 127 },
    );
    const first = makeOne(calls, 'A');
    const bad = Array.from({ length: 20_000 }, () => makeOne(calls, 'Bad'));
    const last = makeOne(calls, 'B');
    calls.answer(1, ['a']);
    await expect(first).resolves.toEqual(['a']);
    const ends = await Promise.allSettled(bad);
    expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
    calls.answer(2, ['b']);
    await expect(last).resolves.toEqual(['b']);
    expect(sent).toEqual(['A', 'B']);
  });

  it('are never more than the limit at once, whatever ends in whatever order, and all end', async () => {
    const ways = fc.constantFrom<Way>('answer', 'fail', 'abort', 'answer another');
    const plan = fc.array(fc.tuple(ways, fc.nat()), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), plan, async (inFlight, steps) => {
        const run = startRun(inFlight, steps.length);
        for (const [way, which] of steps) run.end(way, which);
        for (const [index, end] of (await run.ends()).entries()) {
          const told = end.status === 'fulfilled' ? end.value?.[0] : end.reason.message;
          expect(told).toMatch(new RegExp(`^M${index}( of a.b: over)?$`));
        }
        expect(run.most()).toBe(Math.min(inFlight, steps.length));
      }),
    );
  });
});

type Way = 'answer' | 'fail' | 'abort' | 'answer another';

/** So many calls made at once, named M0, M1 and so on, of which those under way are ended one by one. */
function startRun(inFlight: number, count: number) {
  const underWay = new Map<number, string>();
  let serial = 0;
  let most = 0;
  const send = ({ member }: MethodCall) => {
    underWay.set(++serial, member);
    most = Math.max(most, underWay.size);
    return serial;
  };
  const calls = new Calls(send, () => undefined, { timeoutMs: LONG_MS, inFlight, unanswered: 127 });
  const controllers = Array.from({ length: count }, () => new AbortController());
  const made = controllers.map(({ signal }, index) => makeOne(calls, `M${index}`, signal));
  const ends = Promise.allSettled(made);

  function end(way: Way, which: number): void {
    const [one, member] = [...underWay][which % Math.max(underWay.size, 1)] ?? [0, ''];
    if (way === 'answer another') return calls.answer(one + 1_000_000, ['nobody waits for it']);
    underWay.delete(one);
    if (way === 'answer') calls.answer(one, [member]);
    else if (way === 'fail') calls.fail(one, new Error(member));
    else controllers[Number(member.slice(1))]?.abort(new Error(member));
  }

  return {
    end,
    most: () => most,
    ends() {
      calls.abandon('over');
      return ends;
    },
  };
}
