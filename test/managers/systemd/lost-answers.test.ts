import { describe, expect, it } from 'vitest';
import type { UnitAction } from '../../../src/domain/step.ts';
import { type BusCall, BusFault } from '../../../src/host/bus.ts';
import { createJobWatch } from '../../../src/host/systemd/job-watch.ts';
import { createSystemdManager } from '../../../src/managers/systemd.ts';
import { type FakeBus, fakeBus } from '../../fakes/bus.ts';
import { unitRef } from '../../fakes/repairs.ts';

const noReply = () =>
  new BusFault('org.freedesktop.DBus.Error.NoReply', 'left without replying', 'org.freedesktop.DBus');
const signal = AbortSignal.timeout(60_000);
const ref = unitRef('a.service');

/** A manager of a systemd that goes away with such calls, and notes all calls. */
function leavingWith(member: string) {
  const calls: string[] = [];
  const bus = fakeBus((call: BusCall) => {
    calls.push(call.member);
    if (call.member === member) throw noReply();
    return ['/job/1'];
  });
  return { calls, manager: createSystemdManager(async () => bus) };
}

describe('an answer that got lost', () => {
  it.each<[UnitAction, string]>([
    ['restart', 'RestartUnit'],
    ['start', 'StartUnit'],
    ['stop', 'StopUnit'],
    ['reload', 'ReloadUnit'],
  ])('to a %s is no refusal: it may have been done', async (action, member) => {
    const { manager } = leavingWith(member);
    await expect(manager.run(action, ref, signal)).rejects.toMatchObject({
      code: 'unreachable',
      message: `${action} a.service: the answer is lost, it may have been done: left without replying`,
    });
  });

  it('is a refusal if systemd itself says so, which could not ask polkit', async () => {
    const bus = fakeBus(({ member }) => {
      if (member === 'RestartUnit') throw new BusFault(noReply().errorName, 'left without replying', ':1.1');
      return [];
    });
    const run = createSystemdManager(async () => bus).run('restart', ref, signal);
    expect(await run).toMatchObject({
      accepted: false,
      detail: `systemd refused to restart a.service: left without replying (${noReply().errorName})`,
    });
  });

  it('to limits is no refusal either', async () => {
    const { manager } = leavingWith('SetUnitProperties');
    await expect(manager.setLimits(ref, { CPUWeight: '5' }, signal)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/^limit a\.service: the answer is lost/),
    });
  });

  it.each<UnitAction>(['restart', 'start'])(
    'to the forgetting of a failure leaves it to the %s',
    async (action) => {
      const bus: FakeBus = fakeBus(({ member }) => {
        if (member === 'ResetFailedUnit') throw noReply();
        if (member !== 'RestartUnit' && member !== 'StartUnit') return [];
        setImmediate(() =>
          bus.emit({ path: '/', member: 'JobRemoved', body: [1, '/job/1', 'a.service', 'done'] }),
        );
        return ['/job/1'];
      });
      const run = createSystemdManager(async () => bus).run(action, ref, signal);
      expect(await run).toMatchObject({ accepted: true, jobResult: 'done' });
    },
  );
});

describe('a job', () => {
  it('is waited for while systemd is away, and has ended once systemd does not know it', async () => {
    const answers = [
      noReply(),
      new BusFault('org.freedesktop.DBus.Error.ServiceUnknown', 'away'),
      new BusFault('org.freedesktop.DBus.Error.UnknownObject', 'no such job'),
    ];
    const asked: string[] = [];
    const bus = fakeBus(({ member, path }) => {
      if (member !== 'Get') return [];
      asked.push(path);
      throw answers.shift() ?? new Error('asked too often');
    });
    const jobs = await createJobWatch(bus);
    expect(await jobs.resultOf('/job/1', signal)).toBe('');
    expect(asked).toEqual(['/job/1', '/job/1', '/job/1']);
  });
});

describe('what cannot be read after an order was carried out', () => {
  it('does not make it a refusal', async () => {
    const bus: FakeBus = fakeBus(({ member }) => {
      if (member === 'LoadUnit') throw new BusFault('org.freedesktop.DBus.Error.ServiceUnknown', 'away');
      if (member !== 'StopUnit') return [];
      bus.emit({ path: '/', member: 'JobRemoved', body: [1, '/job/1', 'a.service', 'done'] });
      return ['/job/1'];
    });
    const stop = createSystemdManager(async () => bus).run('stop', ref, signal);
    expect(await stop).toMatchObject({ accepted: true, jobResult: 'done', unit: undefined });
  });
});
