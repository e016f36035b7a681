import { describe, expect, it } from 'vitest';
import type { ServiceManager } from '../../src/domain/repair.ts';
import { createLooker, createRepair } from '../../src/remediator/repair.ts';
import { aRequest, aUnit, createFakeClock, createFakeManager } from '../fakes/repairs.ts';

const failed = aUnit();
const active = aUnit({ activeState: 'active', subState: 'running', invocationId: 'after' });

function repairWith(manager: ServiceManager, clock = createFakeClock()) {
  const repair = createRepair(manager, createLooker(manager), clock);
  return repair(aRequest(), failed, new AbortController().signal);
}

describe('a repair', () => {
  it('succeeds when the unit holds, and takes as long as its proof', async () => {
    const manager = createFakeManager((actions) => (actions > 0 ? active : failed));
    expect(await repairWith(manager)).toEqual({
      result: 'succeeded',
      detail: 'active for 3 s with one invocation',
      jobResult: 'done',
      invocationId: 'after',
      seconds: 3,
    });
    expect(manager.acted).toEqual(['a.service']);
  });

  it.each([3600, -3600])('takes as long as it takes when the wall clock jumps by %d s', async (jump) => {
    const clock = createFakeClock();
    let looks = 0;
    const manager: ServiceManager = {
      ...createFakeManager(() => active),
      inspect: async () => {
        if (++looks === 4) clock.jump(jump);
        return active;
      },
    };
    expect(await repairWith(manager, clock)).toMatchObject({ result: 'succeeded', seconds: 3 });
    expect(looks).toBe(13);
  });

  it('fails when the unit fails again, although its job was done', async () => {
    const manager = createFakeManager(() => aUnit({ invocationId: 'after' }));
    expect(await repairWith(manager)).toMatchObject({
      result: 'failed',
      jobResult: 'done',
      detail: 'the unit failed again (exit-code)',
    });
  });

  it('tells the result of a job that did not end well', async () => {
    const manager = createFakeManager(() => failed, {
      jobResult: 'dependency',
      detail: 'the job ended with dependency',
    });
    expect(await repairWith(manager)).toMatchObject({
      result: 'failed',
      jobResult: 'dependency',
      detail: 'the unit failed again (exit-code); the job ended with dependency',
    });
  });

  it('fails at once, without a proof, if the manager refuses', async () => {
    const manager = createFakeManager(() => failed, {
      accepted: false,
      jobResult: '',
      detail: 'access denied',
    });
    expect(await repairWith(manager)).toEqual({
      result: 'failed',
      detail: 'access denied',
      jobResult: '',
      invocationId: 'before',
      seconds: 0,
    });
  });

  it('believes the unit when the manager answers nothing', async () => {
    const manager = {
      ...createFakeManager(() => active),
      run: () => Promise.reject(new Error('the bus is gone')),
    };
    expect(await repairWith(manager)).toMatchObject({ result: 'succeeded', jobResult: '' });
  });

  it('looks on through a bus that goes away for a while', async () => {
    let looks = 0;
    const manager: ServiceManager = {
      ...createFakeManager(() => active),
      inspect: async () => {
        looks++;
        if (looks > 3 && looks < 8) throw new Error('the bus is gone');
        return active;
      },
    };
    expect(await repairWith(manager)).toMatchObject({ result: 'succeeded' });
  });

  it('fails when the unit cannot be looked at until time is up', async () => {
    const manager: ServiceManager = {
      ...createFakeManager(() => active),
      inspect: () => Promise.reject(new Error('the bus is gone')),
    };
    expect(await repairWith(manager)).toMatchObject({
      result: 'failed',
      detail: 'the unit could not be looked at: the bus is gone',
      seconds: 20,
    });
  });

  it('ends with the reason when fettle is being stopped', async () => {
    const stopping = new AbortController();
    const manager = createFakeManager(() => {
      stopping.abort(new Error('fettle is being stopped'));
      return active;
    });
    const repair = createRepair(manager, createLooker(manager), createFakeClock());
    await expect(repair(aRequest(), failed, stopping.signal)).rejects.toThrow('fettle is being stopped');
  });
});
