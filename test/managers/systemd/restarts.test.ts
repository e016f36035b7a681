import { describe, expect, it } from 'vitest';
import type { BusCall } from '../../../src/host/bus.ts';
import { createRestarts } from '../../../src/managers/systemd/restarts.ts';
import { fakeBus } from '../../fakes/bus.ts';

const limit = () => AbortSignal.timeout(60_000);

/** A systemd of whose units each restart is noted; `onRestart` may change what they look like. */
function aSystemd(onRestart: (name: string, units: Units) => void = () => undefined) {
  const units: Units = new Map();
  const restarted: string[] = [];
  const bus = fakeBus(({ member, body = [], path }: BusCall) => {
    const name = String(body[0]);
    if (member === 'LoadUnit') return [`/unit/${name}`];
    if (member === 'Get' && path.startsWith('/unit/')) {
      const unit = units.get(path.slice('/unit/'.length)) ?? { run: 1, job: 0 };
      return [body[1] === 'Job' ? [unit.job, `/job/${unit.job}`] : Buffer.alloc(16, unit.run)];
    }
    if (member === 'Get') return [units.get(path)?.type ?? 'restart'];
    if (member !== 'RestartUnit') return [];
    restarted.push(name);
    onRestart(name, units);
    return [`/job/of-${name}`];
  });
  return { bus, restarted, units };
}

type Units = Map<string, { readonly run?: number; readonly job?: number; readonly type?: string }>;

describe('restarts', () => {
  it('are queued in the order in which they were asked for', async () => {
    const { bus, restarted } = aSystemd();
    const restart = createRestarts();
    const names = ['c', 'a', 'b'];
    expect(await Promise.all(names.map((name) => restart(bus, name, limit())))).toEqual(
      names.map((name) => ({ job: `/job/of-${name}` })),
    );
    expect(restarted).toEqual(names);
  });

  it.each([
    ['still under way', { run: 1, job: 7 }, { job: '/job/7' }],
    ['over already', { run: 2, job: 0 }, { job: undefined }],
  ])('are not asked for again where one took another along, which is %s', async (_what, after, end) => {
    const { bus, restarted } = aSystemd((_name, units) => units.set('unit', after));
    const restart = createRestarts();
    const [, second] = await Promise.all(['base', 'unit'].map((name) => restart(bus, name, limit())));
    expect(second).toEqual(end);
    expect(restarted).toEqual(['base']);
  });

  it('are asked for where the unit has a job that is none, or had it before', async () => {
    const stopping = aSystemd((_name, units) => {
      units.set('unit', { run: 1, job: 7 });
      units.set('/job/7', { type: 'stop' });
    });
    const restart = createRestarts();
    await Promise.all(['base', 'unit'].map((name) => restart(stopping.bus, name, limit())));
    expect(stopping.restarted).toEqual(['base', 'unit']);

    const busy = aSystemd();
    busy.units.set('unit', { run: 1, job: 7 });
    await Promise.all(['base', 'unit'].map((name) => restart(busy.bus, name, limit())));
    expect(busy.restarted).toEqual(['base', 'unit']);
  });

  it('of a later turn are no group with those before', async () => {
    const { bus, restarted } = aSystemd((_name, units) => units.set('unit', { run: 2, job: 0 }));
    const restart = createRestarts();
    await restart(bus, 'base', limit());
    expect(await restart(bus, 'unit', limit())).toEqual({ job: '/job/of-unit' });
    expect(restarted).toEqual(['base', 'unit']);
  });

  it('are called off at once while one before them hangs, and not asked for later', async () => {
    const { bus, restarted } = aSystemd();
    const answered = new Set<() => void>();
    const hanging = {
      ...bus,
      call: async (call: BusCall) => {
        if (call.member === 'RestartUnit' && call.body?.[0] === 'base') {
          await new Promise<void>((resolve) => answered.add(resolve));
        }
        return bus.call(call);
      },
    };
    const restart = createRestarts();
    const calling = new AbortController();
    const first = restart(hanging, 'base', limit());
    const second = restart(hanging, 'unit', calling.signal);
    await expect.poll(() => answered.size).toBe(1);
    const reason = new Error('called off');
    calling.abort(reason);
    await expect(second).rejects.toBe(reason);
    for (const answer of answered) answer();
    expect(await first).toEqual({ job: '/job/of-base' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(restarted).toEqual(['base']);
    await expect(restart(bus, 'unit', calling.signal)).rejects.toBe(reason);
  });

  it('are asked for in the same write as the forgetting of their failure', async () => {
    const { bus } = aSystemd();
    const asked: string[] = [];
    const silent = {
      ...bus,
      call: (call: BusCall) => {
        asked.push(call.member);
        return new Promise<never>(() => undefined);
      },
    };
    void createRestarts()(silent, 'base', limit());
    await expect.poll(() => asked.length).toBeGreaterThan(0);
    expect(asked).toEqual(['ResetFailedUnit', 'RestartUnit']);
  });

  it('fail alone', async () => {
    const { bus, restarted } = aSystemd((name) => {
      if (name === 'base') throw new Error('refused');
    });
    const restart = createRestarts();
    const ends = await Promise.allSettled(['base', 'unit'].map((name) => restart(bus, name, limit())));
    expect(ends).toMatchObject([{ reason: { message: 'refused' } }, { value: { job: '/job/of-unit' } }]);
    expect(restarted).toEqual(['base', 'unit']);
  });
});
