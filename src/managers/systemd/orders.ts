import type { Outcome } from '../../domain/repair.ts';
import type { UnitAction } from '../../domain/step.ts';
import type { Bus } from '../../host/bus.ts';
import { reloadUnit, resetFailedUnit, startUnit, stopUnit } from '../../host/systemd/systemd1.ts';
import { unlessLost } from './answer.ts';
import { enqueueAfterResetFailed } from './enqueue-after-reset-failed.ts';
import { createRestarts } from './restarts.ts';

/** An order that systemd has taken: the object of its job, or what came of it where there is nothing to wait for. */
export type Order = { readonly job: string } | Pick<Outcome, 'jobResult' | 'detail'>;

/** Gives an order to systemd. Throws BusFault if systemd refuses it. */
export type GiveOrder = (bus: Bus, action: UnitAction, name: string, signal: AbortSignal) => Promise<Order>;

/** Gives a way to give orders; restarts that are asked for in the same turn are a group, see `createRestarts`. */
export function createOrders(): GiveOrder {
  const queueRestart = createRestarts();

  return async (bus, action, name, signal) => {
    switch (action) {
      case 'restart': {
        const { job } = await queueRestart(bus, name, signal);
        const detail = `systemd has restarted ${name} together with another unit`;
        return job === undefined ? { jobResult: '', detail } : { job };
      }
      case 'start': {
        const start = () => startUnit(bus, name, signal);
        return { job: await unlessLost(`start ${name}`, enqueueAfterResetFailed(bus, name, start, signal)) };
      }
      case 'stop':
        return { job: await unlessLost(`stop ${name}`, stopUnit(bus, name, signal)) };
      case 'reload':
        return { job: await unlessLost(`reload ${name}`, reloadUnit(bus, name, signal)) };
      case 'reset_failed':
        await resetFailedUnit(bus, name, signal);
        return { jobResult: 'done', detail: `systemd has forgotten that ${name} failed, if it did` };
      default:
        return action satisfies never;
    }
  };
}
