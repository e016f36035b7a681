import { Failure, messageOf } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { ManagerReading } from '../../domain/manager.ts';
import type { IpReading, UnitReading } from '../../domain/reading.ts';
import { type Bus, BusFault, type BusSignal } from '../../host/bus.ts';
import {
  type ListedUnit,
  listenToSystemd,
  listUnits,
  MANAGER_SIGNALS,
  subscribe,
  UNIT_SIGNALS,
} from '../../host/systemd1.ts';
import { readIp } from './ip.ts';
import { createLooks } from './looks.ts';
import { readManager } from './manager.ts';
import type { Properties } from './properties.ts';
import type { UnitStore } from './store.ts';

/** One connection's worth of following systemd. */
export interface Session {
  /** Lists all units and reads each of them; afterwards signals keep the store true. */
  sync(): Promise<void>;
  /** Lists all units again, and reads those that are not as the store has them: a signal was lost. */
  reconcile(): Promise<void>;
  /** Reads systemd's own state. Throws if systemd does not answer. */
  readManager(): Promise<ManagerReading>;
  /**
   * Reads of a share of the units what changes without a signal, such as a restart count that `reset-failed` has
   * zeroed. After as many calls as there are shares, all have been read.
   */
  refresh(shares: number): Promise<void>;
  /** Reads the IP traffic of all services that systemd counts it of. */
  readIp(signal: AbortSignal): Promise<readonly IpReading[]>;
}

/** What a session needs to know of the world. */
export interface SessionOptions {
  /** Whether a unit is wanted. */
  readonly includes: (name: string) => boolean;
  readonly now: () => Date;
  /** Unix seconds at which the machine's monotonic clock was 0. */
  readonly bootSeconds: () => number;
  readonly log: Log;
}

/**
 * Follows systemd over one connection and keeps a store true.
 *
 * A signal only says that a unit needs another look: what it looks like is always read afterwards. So a late
 * reply can never overwrite a newer state, and 16 signals of one restart cost one or two looks.
 */
export async function openSession(
  bus: Bus,
  store: UnitStore,
  { includes, now, bootSeconds, log }: SessionOptions,
): Promise<Session> {
  const looks = createLooks(bus, store, bootSeconds);
  let reloading = false;
  let cursor = 0;

  function onSignal({ path, member, body }: BusSignal): void {
    switch (member) {
      case 'PropertiesChanged':
        return propertiesChanged(path, body[1]);
      case 'UnitNew':
        return unitNew(String(body[0]), String(body[1]));
      case 'UnitRemoved':
        // A daemon-reload removes and adds every unit; the list that follows tells which are really gone.
        if (!reloading) store.remove(String(body[1]));
        return;
      case 'Reloading':
        reloading = body[0] === true;
        if (!reloading) resync();
        return;
      case 'NameOwnerChanged':
        if (body[2] !== '') resync();
    }
  }

  function propertiesChanged(path: string, changed: unknown): void {
    const name = store.nameAt(path);
    if (name === undefined) return;
    store.events.changed(name, propertyMap(changed), now());
    lookLater(path);
  }

  function unitNew(name: string, path: string): void {
    if (!includes(name)) return;
    store.add(path, name);
    // It has just come into systemd's memory, so whatever it does from now on is seen.
    store.events.watch(name, { activeState: 'inactive', result: 'success', invocation: '' });
    lookLater(path);
  }

  function resync(): void {
    sync().catch((thrown: unknown) => log.warn({ err: messageOf(thrown) }, 'units could not be listed anew'));
  }

  function lookLater(path: string): void {
    looks.look(path).catch((thrown: unknown) => {
      // A connection that closed has been told about already.
      if (thrown instanceof Failure && thrown.code === 'unreachable') return;
      log.warn({ unit: store.nameAt(path), err: messageOf(thrown) }, 'unit could not be read');
    });
  }

  async function listed(): Promise<readonly ListedUnit[]> {
    const units = (await listUnits(bus)).filter((unit) => includes(unit.name));
    store.keepOnly(new Set(units.map((unit) => unit.path)));
    for (const { path, name } of units) store.add(path, name);
    return units;
  }

  async function sync(): Promise<void> {
    await subscribe(bus).catch(ignoreFault);
    await Promise.all((await listed()).map((unit) => looks.look(unit.path, unit)));
  }

  await listenToSystemd(bus, [MANAGER_SIGNALS, UNIT_SIGNALS], onSignal);
  return {
    sync,
    async reconcile() {
      const changed = (await listed()).filter((unit) => !agrees(store.readingAt(unit.path), unit));
      await Promise.all(changed.map((unit) => looks.look(unit.path, unit)));
    },
    async refresh(shares) {
      const paths = store.loadedPaths();
      const share = Math.ceil(paths.length / shares);
      if (cursor >= paths.length) cursor = 0;
      const some = paths.slice(cursor, cursor + share);
      cursor += share;
      await Promise.all(some.map((path) => looks.lookAtUntold(path).catch(ignoreFault)));
    },
    readManager: () => readManager(bus),
    readIp: (signal) => readIp(bus, store.accounted(), signal),
  };
}

/** Whether a reading says the same as the list of units. */
function agrees(reading: UnitReading | undefined, listed: ListedUnit): boolean {
  return (
    reading?.loadState === listed.loadState &&
    reading.activeState === listed.activeState &&
    reading.subState === listed.subState
  );
}

/** Changed properties by name. */
function propertyMap(changed: unknown): Properties {
  return changed instanceof Map ? changed : new Map(Object.entries(Object(changed)));
}

function ignoreFault(thrown: unknown): void {
  // Already subscribed, or the unit has just gone: as it should be.
  if (!(thrown instanceof BusFault)) throw thrown;
}
