import { Failure } from '../domain/errors.ts';
import type { Action } from '../domain/policy.ts';
import type { Outcome, ServiceManager } from '../domain/repair.ts';
import { isActiveState, type Unit, type UnitRef } from '../domain/unit.ts';
import { type Bus, BusFault } from '../host/bus.ts';
import { createJobWatch, type JobWatch } from '../host/systemd/job-watch.ts';
import {
  allProperties,
  invocationText,
  loadUnit,
  property,
  resetFailedUnit,
  restartUnit,
  startUnit,
  stopUnit,
} from '../host/systemd/systemd1.ts';

interface Connection {
  readonly bus: Bus;
  readonly jobs: JobWatch;
}

/**
 * systemd, over D-Bus jobs only.
 *
 * Connects when it is first needed and again after the connection broke, so that a bus that went away
 * yesterday does not stand in the way today.
 */
export function createSystemdManager(connect: () => Promise<Bus>): ServiceManager & { close(): void } {
  let current: Promise<Connection> | undefined;

  function connection(): Promise<Connection> {
    if (current !== undefined) return current;
    const opening = open();
    const forget = () => {
      if (current === opening) current = undefined;
    };
    opening.then(({ bus }) => bus.closed.then(forget), forget);
    current = opening;
    return opening;
  }

  async function open(): Promise<Connection> {
    const bus = await connect();
    try {
      return { bus, jobs: await createJobWatch(bus) };
    } catch (thrown) {
      bus.close();
      throw thrown;
    }
  }

  async function inspect(ref: UnitRef, signal: AbortSignal): Promise<Unit | undefined> {
    const { bus } = await connection();
    return readUnit(bus, ref, signal);
  }

  async function run(action: Action, ref: UnitRef, signal: AbortSignal): Promise<Outcome> {
    const { bus, jobs } = await connection();
    try {
      const job = await queueJob(bus, action, ref.name, signal);
      const jobResult = await jobs.resultOf(job, signal);
      const unit = await readUnit(bus, ref, signal);
      const detail = `systemd's ${action} job of ${ref.name} ended with ${jobResult || 'no result told'}`;
      return { accepted: true, jobResult, detail, unit };
    } catch (thrown) {
      if (!(thrown instanceof BusFault)) throw thrown;
      const detail = `systemd refused to ${action} ${ref.name}: ${thrown.message} (${thrown.errorName})`;
      return { accepted: false, jobResult: '', detail, unit: undefined };
    }
  }

  return {
    kind: 'systemd',
    inspect,
    run,
    close() {
      current?.then(({ bus }) => bus.close()).catch(() => undefined);
    },
  };
}

/** Queues the job of an action and gives its object. */
async function queueJob(bus: Bus, action: Action, name: string, signal: AbortSignal): Promise<string> {
  switch (action) {
    case 'restart':
      await forgetFailure(bus, name, signal);
      return await restartUnit(bus, name, signal);
    case 'start':
      await forgetFailure(bus, name, signal);
      return await startUnit(bus, name, signal);
    case 'stop':
      return await stopUnit(bus, name, signal);
    default:
      return action satisfies never;
  }
}

/** A unit that hit its start limit is refused a start until its failure is forgotten. */
async function forgetFailure(bus: Bus, name: string, signal: AbortSignal): Promise<void> {
  try {
    await resetFailedUnit(bus, name, signal);
  } catch (thrown) {
    // A unit that systemd has dropped from memory has no failure to forget.
    if (!(thrown instanceof BusFault) || !thrown.errorName.endsWith('.NoSuchUnit')) throw thrown;
  }
}

async function readUnit(bus: Bus, ref: UnitRef, signal: AbortSignal): Promise<Unit | undefined> {
  const path = await loadUnit(bus, ref.name, signal);
  const unit = await allProperties(bus, path, 'Unit', signal);
  const text = (name: string) => String(unit.get(name) ?? '');
  const activeState = text('ActiveState');
  if (text('LoadState') === 'not-found') return undefined;
  if (!isActiveState(activeState)) {
    throw new Failure(
      'unreadable',
      `reading ${ref.name}: systemd says that it is ${activeState || 'nothing'}`,
    );
  }
  const names = unit.get('Names');
  return {
    ref,
    id: text('Id'),
    names: Array.isArray(names) ? names.map(String) : [],
    loadState: text('LoadState'),
    activeState,
    subState: text('SubState'),
    result: ref.name.endsWith('.service')
      ? String(await property(bus, path, 'Service', 'Result', signal))
      : '',
    invocationId: invocationText(unit.get('InvocationID')),
    canStart: unit.get('CanStart') === true && unit.get('RefuseManualStart') !== true,
    canStop: unit.get('RefuseManualStop') !== true,
  };
}
