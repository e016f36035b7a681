import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Action } from '../../src/domain/policy.ts';
import type { ServiceManager } from '../../src/domain/repair.ts';
import type { Unit, UnitRef } from '../../src/domain/unit.ts';
import { systemClock } from '../../src/host/clock.ts';
import { createRehearsal } from '../../src/managers/rehearsal.ts';
import { createLooker, createRepair } from '../../src/remediator/repair.ts';
import { aPolicy, aRequest } from '../fakes/repairs.ts';
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
  readonly refused: { readonly unit: UnitRef; readonly action: Action };
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

const ACTIONS: readonly Action[] = ['restart', 'start', 'stop'];

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
    const run = (action: Action, unit: UnitRef) => world.manager.run(action, unit, limit());

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

    it.each(ACTIONS)('knows no unit that does not exist, and cannot %s it', async (action) => {
      expect(await world.manager.inspect(world.unknown, limit())).toBeUndefined();
      const outcome = await run(action, world.unknown);
      expect(outcome).toMatchObject({ accepted: false, jobResult: '', unit: undefined });
    });

    it.each(ACTIONS)('has no unit of an odd name, and cannot %s it', async (action) => {
      for (const ref of world.odd) {
        expect(await world.manager.inspect(ref, limit())).toBeUndefined();
        expect(await run(action, ref)).toMatchObject({ accepted: false, unit: undefined });
      }
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
      const repair = createRepair(world.manager, createLooker(world.manager), systemClock);
      const policy = aPolicy({ verify: { holdSeconds: 5, timeoutSeconds: 20 } });
      const report = await repair(aRequest({ unit: world.dying, policy }), before, limit());
      expect(report).toMatchObject({ result: 'failed' });
      expect(await world.starts(world.dying)).toBeGreaterThan(1);
    });

    it.each(ACTIONS)('rehearses a %s without doing it', async (action) => {
      const rehearsal = createRehearsal(world.manager);
      const [before, starts] = [await seen(world.unit), await world.starts(world.unit)];
      const outcome = await rehearsal.run(action, world.unit, limit());
      expect(outcome).toMatchObject({ accepted: true, jobResult: '', unit: before });
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
