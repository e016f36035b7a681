import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceManager } from '../../src/domain/repair.ts';
import { UNIT_ACTIONS, type UnitAction } from '../../src/domain/step.ts';
import type { Limits } from '../../src/domain/throttle.ts';
import type { Unit, UnitRef } from '../../src/domain/unit.ts';
import { createRehearsal } from '../../src/managers/rehearsal.ts';
import { waitFor } from '../lab/wait.ts';

/** A service manager, units of it, and the truth about them that it does not tell itself. */
export interface ManagerWorld {
  readonly manager: ServiceManager;
  /** Runs, and does as it is told. */
  readonly unit: UnitRef;
  /** There is none of that name. */
  readonly unknown: UnitRef;
  /** Names that nobody should be given. */
  readonly odd: readonly UnitRef[];
  /** Something that the manager refuses to do to a unit that there is. */
  readonly refused: { readonly unit: UnitRef; readonly action: UnitAction };
  /** What the manager can do at all; `unit` can be reloaded if that is in it. */
  readonly can: readonly UnitAction[];
  /** Whether it knows limits. */
  readonly hasLimits: boolean;
  /** Runs, and does not end when it is stopped. */
  readonly hanging: UnitRef;
  /** Runs; from its next start on it comes up, and dies soon. */
  readonly dying: UnitRef;
  /** How often a unit has been started so far. */
  starts(unit: UnitRef): Promise<number>;
  /** Resolves once a stop of a unit is under way. */
  stopping(unit: UnitRef): Promise<unknown>;
  close(): Promise<void> | void;
}

const LIMITS: Limits = { cpuQuota: 0.5, memoryHigh: 2 ** 28, cpuWeight: undefined, ioWeight: 50 };
/** As they stand in those properties. */
const VALUES = { CPUQuotaPerSecUSec: '500000', MemoryHigh: '268435456', IOWeight: '50' };

/** What every service manager must do, whatever it manages, and so its rehearsal. */
export function describeServiceManager(
  open: () => Promise<ManagerWorld> | ManagerWorld,
  suite: (name: string, tests: () => void) => void = describe,
): void {
  suite('as every service manager', () => {
    let world: ManagerWorld;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world?.close());

    const limit = () => AbortSignal.timeout(30_000);
    const run = (action: UnitAction, unit: UnitRef) => world.manager.run(action, unit, limit());

    async function seen(ref: UnitRef): Promise<Unit> {
      const unit = await world.manager.inspect(ref, limit());
      if (unit === undefined) throw new Error(`there is no ${ref.name}`);
      return unit;
    }

    it('tells a unit that runs, the same each time', async () => {
      const unit = await seen(world.unit);
      expect(unit).toMatchObject({ ref: world.unit, activeState: 'active', canStart: true, canStop: true });
      expect(unit.names).toContain(unit.id);
      expect(unit.invocationId).not.toBe('');
      expect(await seen(world.unit)).toEqual(unit);
    });

    it('restarts a unit, once', async () => {
      const [before, starts] = [await seen(world.unit), await world.starts(world.unit)];
      const outcome = await run('restart', world.unit);
      expect(outcome).toMatchObject({ accepted: true, jobResult: 'done', unit: { activeState: 'active' } });
      expect(outcome.unit?.invocationId).not.toBe(before.invocationId);
      expect(await world.starts(world.unit)).toBe(starts + 1);
      expect(await seen(world.unit)).toEqual(outcome.unit);
    });

    it('stops a unit, which stays so, and starts it again', async () => {
      const [before, starts] = [await seen(world.unit), await world.starts(world.unit)];
      expect(await run('stop', world.unit)).toMatchObject({ accepted: true, jobResult: 'done' });
      expect(await seen(world.unit)).toMatchObject({ activeState: 'inactive', canStart: true });
      expect(await run('stop', world.unit)).toMatchObject({ accepted: true, jobResult: 'done' });
      expect(await world.starts(world.unit)).toBe(starts);
      expect(await run('start', world.unit)).toMatchObject({ accepted: true, jobResult: 'done' });
      expect(await seen(world.unit)).toMatchObject({ activeState: 'active' });
      expect((await seen(world.unit)).invocationId).not.toBe(before.invocationId);
      expect(await world.starts(world.unit)).toBe(starts + 1);
    });

    it('starts a unit with a restart if it was stopped', async () => {
      await run('stop', world.unit);
      expect(await run('restart', world.unit)).toMatchObject({ accepted: true, jobResult: 'done' });
      expect(await seen(world.unit)).toMatchObject({ activeState: 'active' });
    });

    it('leaves a unit that runs as it is when it is started', async () => {
      const [before, starts] = [await seen(world.unit), await world.starts(world.unit)];
      expect(await run('start', world.unit)).toMatchObject({ accepted: true, jobResult: 'done' });
      expect(await seen(world.unit)).toEqual(before);
      expect(await world.starts(world.unit)).toBe(starts);
    });

    it.each(UNIT_ACTIONS)('knows no unit that does not exist, and cannot %s it', async (action) => {
      expect(await world.manager.inspect(world.unknown, limit())).toBeUndefined();
      const outcome = await run(action, world.unknown);
      expect(outcome).toMatchObject({ accepted: false, jobResult: '', unit: undefined });
    });

    it.each(UNIT_ACTIONS)('has no unit of an odd name, and cannot %s it', async (action) => {
      for (const ref of world.odd) {
        expect(await world.manager.inspect(ref, limit())).toBeUndefined();
        expect(await run(action, ref)).toMatchObject({ accepted: false, unit: undefined });
      }
    });

    it('knows since when a unit is as it is, if at all, and that it was not made by a program', async () => {
      const before = await seen(world.unit);
      expect(before).toMatchObject({ isTransient: false, canReload: world.can.includes('reload') });
      if (before.changedAt === undefined) return;
      await run('restart', world.unit);
      const { changedAt } = await seen(world.unit);
      expect(changedAt?.getTime()).toBeGreaterThanOrEqual(before.changedAt.getTime());
      expect(Math.abs(Date.now() - Number(changedAt))).toBeLessThan(60_000);
    });

    it.each(UNIT_ACTIONS)('does a %s, or refuses it in words and changes nothing', async (action) => {
      const before = await seen(world.unit);
      const outcome = await run(action, world.unit);
      expect(outcome.detail).toContain(world.unit.name);
      if (world.can.includes(action)) {
        expect(outcome).toMatchObject({ accepted: true, jobResult: 'done', unit: { ref: world.unit } });
        await run('start', world.unit);
        return;
      }
      expect(outcome).toMatchObject({ accepted: false, jobResult: '', unit: undefined });
      expect(await seen(world.unit)).toEqual(before);
    });

    it.each(['reload', 'reset_failed'] as const)('starts nothing anew with a %s', async (action) => {
      const [before, starts] = [await seen(world.unit), await world.starts(world.unit)];
      await run(action, world.unit);
      expect((await seen(world.unit)).invocationId).toBe(before.invocationId);
      expect(await world.starts(world.unit)).toBe(starts);
    });

    it('sets limits and sets them back, or refuses them in words', async () => {
      const { manager, unit, hasLimits } = world;
      if (!hasLimits) {
        await expect(manager.limitsOf(unit, LIMITS, limit())).rejects.toMatchObject({
          code: 'refused',
          message: expect.stringContaining(unit.name),
        });
        const refusal = { accepted: false, jobResult: '', detail: expect.stringContaining(unit.name) };
        expect(await manager.setLimits(unit, VALUES, limit())).toMatchObject(refusal);
        return;
      }
      const before = await manager.limitsOf(unit, LIMITS, limit());
      expect(Object.keys(before)).toEqual(Object.keys(VALUES));
      const done = { accepted: true, jobResult: 'done', unit: { activeState: 'active' } };
      expect(await manager.setLimits(unit, VALUES, limit())).toMatchObject(done);
      expect(await manager.limitsOf(unit, LIMITS, limit())).toEqual(VALUES);
      expect(await manager.setLimits(unit, before, limit())).toMatchObject(done);
      expect(await manager.limitsOf(unit, LIMITS, limit())).toEqual(before);
    });

    it('has no limits of a unit that does not exist, and sets none', async () => {
      await expect(world.manager.limitsOf(world.unknown, LIMITS, limit())).rejects.toThrow(
        world.unknown.name,
      );
      expect(await world.manager.setLimits(world.unknown, VALUES, limit())).toMatchObject({
        accepted: false,
      });
    });

    it('rehearses limits without setting them', async () => {
      const rehearsal = createRehearsal(world.manager);
      const before = world.hasLimits && (await world.manager.limitsOf(world.unit, LIMITS, limit()));
      expect(await rehearsal.setLimits(world.unit, VALUES, limit())).toMatchObject({
        accepted: world.hasLimits,
        jobResult: '',
        detail: expect.stringContaining('dry run: would set CPUQuotaPerSecUSec=500000 MemoryHigh=268435456'),
      });
      expect(world.hasLimits && (await rehearsal.limitsOf(world.unit, LIMITS, limit()))).toEqual(before);
    });

    it('tells a refusal with its reason, and has changed nothing then', async () => {
      const { unit, action } = world.refused;
      const [before, starts] = [await seen(unit), await world.starts(unit)];
      const outcome = await run(action, unit);
      expect(outcome).toMatchObject({ accepted: false, jobResult: '' });
      expect(outcome.detail).toContain(unit.name);
      expect(await seen(unit)).toEqual(before);
      expect(await world.starts(unit)).toBe(starts);
    });

    it('obeys its signal while a stop hangs', async () => {
      const calling = new AbortController();
      const stop = world.manager.run('stop', world.hanging, calling.signal);
      stop.catch(() => undefined);
      await world.stopping(world.hanging);
      const reason = new Error('called off');
      calling.abort(reason);
      await expect(stop).rejects.toBe(reason);
    });

    it('lets a restart that comes up and dies again be seen as failed', async () => {
      const before = await seen(world.dying);
      expect(before.activeState).toBe('active');
      const outcome = await run('restart', world.dying);
      expect(outcome.accepted).toBe(true);
      await until('it is down, or up once more', async () => {
        const { activeState, invocationId } = await seen(world.dying);
        return (
          activeState !== 'active' ||
          ![before.invocationId, outcome.unit?.invocationId].includes(invocationId)
        );
      });
      expect(await world.starts(world.dying)).toBeGreaterThan(1);
    });

    it.each(UNIT_ACTIONS)('rehearses a %s without doing it', async (action) => {
      const rehearsal = createRehearsal(world.manager);
      const [before, starts] = [await seen(world.unit), await world.starts(world.unit)];
      const outcome = await rehearsal.run(action, world.unit, limit());
      expect(outcome).toMatchObject({ accepted: world.can.includes(action), jobResult: '', unit: before });
      expect(outcome.detail).toMatch(
        new RegExp(`^dry run: would ${action} ${world.unit.name}, which is active`),
      );
      expect(await seen(world.unit)).toEqual(before);
      expect(await world.starts(world.unit)).toBe(starts);
      const nothing = await rehearsal.run(action, world.unknown, limit());
      expect(nothing).toMatchObject({ accepted: false, unit: undefined });
    });
  });
}

/** Resolves once there is a value. */
export function until(what: string, probe: () => boolean | Promise<boolean>): Promise<true> {
  return waitFor(what, async () => (await probe()) || undefined);
}
