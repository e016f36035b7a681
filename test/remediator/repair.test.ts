import { describe, expect, it } from 'vitest';
import type { RepairRequest, ServiceManager } from '../../src/domain/repair.ts';
import type { Step } from '../../src/domain/step.ts';
import { createAct } from '../../src/remediator/act.ts';
import { createLooker, createProve, type Witnesses } from '../../src/remediator/prove.ts';
import { type Before, createRepair } from '../../src/remediator/repair.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { aPolicy, aRequest, aUnit, createFakeClock, createFakeManager } from '../fakes/repairs.ts';

const failed = aUnit();
const active = aUnit({ activeState: 'active', subState: 'running', invocationId: 'after' });

const SILENT: Witnesses = {
  probe: async () => ({ known: false, why: 'there is none' }),
  gpuProcessesOf: async () => ({ known: true, value: [] }),
  gpuProcesses: async () => ({ known: true, value: [] }),
};

interface Around {
  readonly clock?: ReturnType<typeof createFakeClock>;
  readonly request?: Partial<RepairRequest>;
  readonly before?: Partial<Before>;
  readonly witnesses?: Partial<Witnesses>;
  readonly signal?: AbortSignal;
}

function repairWith(manager: ServiceManager, around: Around = {}) {
  const { clock = createFakeClock(), request, before, witnesses, signal } = around;
  const look = createLooker(manager);
  const repair = createRepair({
    manager,
    act: createAct(manager, recordedLog().log),
    prove: createProve(look, { ...SILENT, ...witnesses }, clock),
    look,
    clock,
  });
  const found = { unit: failed, limits: {}, gpuProcesses: [], also: [], ...before };
  return repair(aRequest(request), found, signal ?? new AbortController().signal);
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
    expect(await repairWith(manager, { clock })).toMatchObject({ result: 'succeeded', seconds: 3 });
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
      jobResult: 'refused',
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
    await expect(repairWith(manager, { signal: stopping.signal })).rejects.toThrow('fettle is being stopped');
  });
});

describe('the proof of a repair', () => {
  const repairable = () => createFakeManager((actions) => (actions > 0 ? active : failed));
  const demanding = (verify: Partial<ReturnType<typeof aPolicy>['verify']>) => ({
    policy: aPolicy({ verify: { ...aPolicy().verify, ...verify } }),
  });

  it('waits for the probe of the policy to succeed', async () => {
    let asked = 0;
    const probe = async () => ({ known: true, value: ++asked > 4 }) as const;
    const report = await repairWith(repairable(), {
      request: demanding({ probe: 'web' }),
      witnesses: { probe },
    });
    expect(report).toMatchObject({ result: 'succeeded', seconds: 7 });
    expect(asked).toBe(5);
  });

  it.each([
    [{ known: true, value: false } as const, 'the unit is active, but its probe web fails'],
    [{ known: false, why: 'no such host' } as const, 'the probe web could not be asked: no such host'],
  ])('fails when time is up and the probe has not succeeded: %o', async (answer, detail) => {
    const witnesses = { probe: async () => answer };
    const report = await repairWith(repairable(), { request: demanding({ probe: 'web' }), witnesses });
    expect(report).toMatchObject({ result: 'failed', detail });
  });

  it('waits until processes from before hold no memory of a GPU any more', async () => {
    let asked = 0;
    const gpuProcesses = async () => ({ known: true, value: ++asked > 2 ? [77] : [42, 77] }) as const;
    const report = await repairWith(repairable(), {
      request: demanding({ gpuMemoryFreed: true }),
      before: { gpuProcesses: [42] },
      witnesses: { gpuProcesses },
    });
    expect(report).toMatchObject({ result: 'succeeded' });
    expect(asked).toBe(3);
  });

  it('fails when they hold it to the end', async () => {
    const report = await repairWith(repairable(), {
      request: demanding({ gpuMemoryFreed: true }),
      before: { gpuProcesses: [42] },
      witnesses: { gpuProcesses: async () => ({ known: true, value: [42] }) },
    });
    expect(report).toMatchObject({
      result: 'failed',
      detail: 'processes from before still hold memory of a GPU: 42',
    });
  });
});

describe('a step', () => {
  const common = { waitSeconds: 60, onlyIf: [] };

  it('restarts what belongs to it in the same turn, and counts as failed if one of them is refused', async () => {
    const manager = createFakeManager((actions) => (actions > 0 ? active : failed));
    const before = { also: [aUnit({ id: 'db.service' }), aUnit({ id: 'cache.service' })] };
    await repairWith(manager, { before });
    expect(manager.acted).toEqual(['db.service', 'cache.service', 'a.service']);
    const refusing: ServiceManager = {
      ...manager,
      run: async (action, ref, signal) => ({
        ...(await manager.run(action, ref, signal)),
        ...(ref.name === 'db.service' ? { accepted: false, detail: 'access denied' } : {}),
      }),
    };
    expect(await repairWith(refusing, { before })).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('access denied'),
    });
  });

  it('tells the runs of what belongs to it as they were right after the step, also where the unit itself is refused', async () => {
    const runs = ['first', 'second', 'by hand'];
    const manager = createFakeManager((actions) => (actions > 0 ? active : failed));
    const refusing: ServiceManager = {
      ...manager,
      inspect: async (ref, signal) =>
        ref.name === 'db.service'
          ? aUnit({ id: 'db.service', invocationId: runs.shift() ?? '' })
          : await manager.inspect(ref, signal),
      run: async (action, ref, signal) => ({
        ...(await manager.run(action, ref, signal)),
        ...(ref.name === 'a.service' ? { accepted: false, jobResult: '', detail: 'masked' } : {}),
      }),
    };
    const before = { also: [aUnit({ id: 'db.service', invocationId: 'before' })] };
    expect(await repairWith(refusing, { before })).toMatchObject({
      result: 'failed',
      jobResult: '',
      alsoInvocations: { 'db.service': 'first' },
    });
    expect(await repairWith(refusing)).toMatchObject({ result: 'failed', jobResult: 'refused' });
  });

  it('touches the unit only after a oneshot unit that came to a good end', async () => {
    const step: Step = { action: 'run', unit: 'cleanup.service', followUp: 'restart', ...common };
    const good = createFakeManager((actions) => (actions > 1 ? active : failed));
    expect(await repairWith(good, { request: { step } })).toMatchObject({ result: 'succeeded' });
    expect(good.acted).toEqual(['cleanup.service', 'a.service']);
    const bad = createFakeManager(() => failed, { jobResult: 'failed', detail: 'it ended with failed' });
    expect(await repairWith(bad, { request: { step } })).toMatchObject({
      result: 'failed',
      detail: 'it ended with failed',
    });
    expect(bad.acted).toEqual(['cleanup.service']);
  });

  it('throttles, and believes only what it reads back', async () => {
    const limits = { cpuQuota: 0.5, memoryHigh: undefined, cpuWeight: undefined, ioWeight: undefined };
    const step: Step = { action: 'throttle', limits, ...common };
    const around = { request: { step }, before: { unit: active, limits: { CPUQuotaPerSecUSec: '500000' } } };
    const manager = createFakeManager(() => active, {}, { CPUQuotaPerSecUSec: '18446744073709551615' });
    expect(await repairWith(manager, around)).toMatchObject({
      result: 'succeeded',
      detail: 'throttled: CPUQuotaPerSecUSec=500000',
      invocationId: 'after',
    });
    const deaf: ServiceManager = { ...manager, limitsOf: async () => ({ CPUQuotaPerSecUSec: '900000' }) };
    expect(await repairWith(deaf, around)).toMatchObject({ result: 'failed' });
  });

  it('stops, and needs no new invocation for that', async () => {
    const stopped = aUnit({ activeState: 'inactive', subState: 'dead', result: 'success' });
    const manager = createFakeManager((actions) => (actions > 0 ? stopped : active));
    const step: Step = { action: 'stop', ...common };
    expect(await repairWith(manager, { request: { step } })).toMatchObject({
      result: 'succeeded',
      detail: 'inactive (dead)',
    });
  });

  it('tells, and touches nothing', async () => {
    const manager = createFakeManager(() => failed);
    const step: Step = { action: 'notify', message: 'look at it', ...common };
    expect(await repairWith(manager, { request: { step } })).toMatchObject({
      result: 'succeeded',
      detail: 'look at it',
    });
    expect(manager.acted).toEqual([]);
  });
});
