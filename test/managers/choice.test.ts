import { describe, expect, it } from 'vitest';
import { createManagerChoice } from '../../src/managers/choice.ts';
import { createInvocations } from '../../src/managers/invocations.ts';
import { aUnit, createFakeManager, unitRef } from '../fakes/repairs.ts';

describe('createManagerChoice', () => {
  const signal = new AbortController().signal;
  const systemd = createFakeManager(() => aUnit());
  const choice = createManagerChoice({ systemd });
  const elsewhere = { ...unitRef('a.service'), manager: 'pidfile' } as const;

  it('hands a unit to the manager of its reference', async () => {
    expect(await choice.inspect(unitRef('a.service'), signal)).toEqual(aUnit());
    expect(await choice.run('restart', unitRef('a.service'), signal)).toMatchObject({ accepted: true });
    expect(systemd.acted).toEqual(['a.service']);
  });

  it('knows no unit of a manager that is not there, and refuses to touch it', async () => {
    expect(await choice.inspect(elsewhere, signal)).toBeUndefined();
    expect(await choice.run('restart', elsewhere, signal)).toEqual({
      accepted: false,
      jobResult: '',
      detail: 'a.service: there is no manager pidfile here',
      unit: undefined,
    });
    expect(systemd.acted).toEqual(['a.service']);
  });

  it('hands limits to the manager of the reference, and refuses those of one that is not there', async () => {
    const limits = { cpuQuota: 0.5, memoryHigh: undefined, cpuWeight: undefined, ioWeight: undefined };
    const values = { CPUQuotaPerSecUSec: '500000' };
    const ref = unitRef('a.service');
    expect(await choice.limitsOf(ref, limits, signal)).toEqual(await systemd.limitsOf(ref, limits, signal));
    expect(await choice.setLimits(ref, values, signal)).toMatchObject({ accepted: true });
    await expect(choice.limitsOf(elsewhere, limits, signal)).rejects.toMatchObject({
      code: 'refused',
      message: 'a.service: there is no manager pidfile here',
    });
    expect(await choice.setLimits(elsewhere, values, signal)).toMatchObject({
      accepted: false,
      detail: 'a.service: there is no manager pidfile here',
    });
  });
});

describe('createInvocations', () => {
  it('keeps the name of a run that was seen while it ran', () => {
    const nameOf = createInvocations();
    expect(nameOf('a', { known: 'run 1', exact: 'run 1, pid 7' })).toBe('run 1, pid 7');
    expect(nameOf('a', { known: 'run 1', exact: undefined })).toBe('run 1, pid 7');
    expect(nameOf('b', { known: 'run 1', exact: undefined })).toBe('run 1');
    expect(nameOf('a', { known: 'run 2', exact: undefined })).toBe('run 2');
    expect(nameOf('a', undefined)).toBe('');
  });
});
