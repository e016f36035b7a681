import type { Outcome, ServiceManager } from '../domain/repair.ts';
import type { UnitAction } from '../domain/step.ts';
import type { LimitValues } from '../domain/throttle.ts';
import { isUnitName, type Unit, type UnitRef } from '../domain/unit.ts';
import type { Bus } from '../host/bus.ts';
import { answerTo } from './systemd/answer.ts';
import { createConnections } from './systemd/connection.ts';
import { readLimits, writeLimits } from './systemd/limits.ts';
import { createOrders } from './systemd/orders.ts';
import { readUnit } from './systemd/unit.ts';

/** systemd, over D-Bus jobs only. */
export function createSystemdManager(connect: () => Promise<Bus>): ServiceManager & { close(): void } {
  const connections = createConnections(connect);
  const giveOrder = createOrders();

  async function inspect(ref: UnitRef, signal: AbortSignal): Promise<Unit | undefined> {
    const { bus } = await connections.current();
    return readUnit(bus, ref, signal);
  }

  /** The unit after something was done to it; that it cannot be read now does not undo what was done. */
  async function look(ref: UnitRef, signal: AbortSignal): Promise<Unit | undefined> {
    try {
      return await inspect(ref, signal);
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  async function run(action: UnitAction, ref: UnitRef, signal: AbortSignal): Promise<Outcome> {
    const { name } = ref;
    if (!isUnitName(name)) return refused(nameless(name));
    const { bus, jobs } = await connections.current();
    const answer = await answerTo(`${action} ${name}`, giveOrder(bus, action, name, signal));
    if ('refusal' in answer) return refused(answer.refusal);
    if (!('job' in answer.given)) return { accepted: true, ...answer.given, unit: await look(ref, signal) };
    const jobResult = await jobs.resultOf(answer.given.job, signal);
    const detail = `systemd's ${action} job of ${name} ended with ${jobResult || 'no result told'}`;
    return { accepted: true, jobResult, detail, unit: await look(ref, signal) };
  }

  async function setLimits(ref: UnitRef, values: LimitValues, signal: AbortSignal): Promise<Outcome> {
    if (!isUnitName(ref.name)) return refused(nameless(ref.name));
    const { bus } = await connections.current();
    const answer = await answerTo(`limit ${ref.name}`, writeLimits(bus, ref, values, signal));
    if ('refusal' in answer) return refused(answer.refusal);
    const done = answer.given;
    return { ...done, unit: done.accepted ? await look(ref, signal) : undefined };
  }

  return {
    kind: 'systemd',
    inspect,
    run,
    limitsOf: async (ref, limits, signal) =>
      readLimits((await connections.current()).bus, ref, limits, signal),
    setLimits,
    close: () => connections.close(),
  };
}

function refused(detail: string): Outcome {
  return { accepted: false, jobResult: '', detail, unit: undefined };
}

function nameless(name: string): string {
  return `${JSON.stringify(name)} is no name of a unit of systemd`;
}
