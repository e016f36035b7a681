import { Failure, messageOf } from '../../domain/errors.ts';
import { createGate } from '../../domain/gate.ts';
import type { Log } from '../../domain/log.ts';
import type { ManagerReading } from '../../domain/manager.ts';
import type { IpReading, UnitReading } from '../../domain/reading.ts';
import { type Bus, BusFault, type BusSignal } from '../../host/bus.ts';
import {
  isAway,
  type ListedUnit,
  listenToSystemd,
  listUnits,
  MANAGER_SIGNALS,
  subscribe,
  UNIT_SIGNALS,
  unitNameOf,
  unitPaths,
} from '../../host/systemd/systemd1.ts';
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
  /** Finds out of which services systemd counts the IP traffic; afterwards `refresh` keeps that true. */
  findAccounted(): Promise<void>;
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
  /** Paths of units that came after a list was last asked for, so that it may not have them. */
  const newcomers = new Set<string>();
  const oneByOne = createGate(1);
  let reloading = false;
  let cursor = 0;

  function onSignal({ path, member, body }: BusSignal): void {
    switch (member) {
      case 'PropertiesChanged':
        return propertiesChanged(path, body[1]);
      case 'UnitNew':
        return unitNew(String(body[0]), String(body[1]));
      case 'UnitRemoved':
        newcomers.delete(String(body[1]));
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
    newcomers.add(path);
    store.add(path, name);
    // It has just come into systemd's memory, so whatever it does from now on is seen.
    store.events.watch(name, { activeState: 'inactive', result: 'success', invocation: '' });
    lookLater(path);
  }

  function resync(): void {
    sync().catch((thrown: unknown) => failed(thrown, {}, 'units could not be listed anew'));
  }

  function lookLater(path: string): void {
    looks
      .look(path)
      .catch((thrown: unknown) => failed(thrown, { unit: store.nameAt(path) }, 'unit could not be read'));
  }

  function failed(thrown: unknown, fields: Readonly<Record<string, unknown>>, message: string): void {
    const hangs = thrown instanceof Failure && thrown.code === 'timeout';
    // A connection that closed has been told about already, and a systemd that re-executes itself is listed anew.
    if (isAway(thrown) && !hangs) return;
    log.warn({ ...fields, err: messageOf(thrown) }, message);
    // A bus that hangs closes nothing. If one reply alone got lost, all is read anew for it.
    if (hangs) bus.close();
  }

  /** One list at a time: newcomers are those of one. */
  const found = () => oneByOne(list);

  async function list(): Promise<readonly Found[]> {
    newcomers.clear();
    const units = (await foundUnits(bus)).filter((unit) => includes(unit.name));
    store.keepOnly(new Set([...units.map((unit) => unit.path), ...newcomers]));
    for (const { path, name } of units) store.add(path, name);
    return units;
  }

  async function sync(): Promise<void> {
    await subscribe(bus).catch(ignoreFault);
    await Promise.all((await found()).map(({ path, listed }) => looks.look(path, listed)));
  }

  await listenToSystemd(bus, [MANAGER_SIGNALS, UNIT_SIGNALS], onSignal);
  return {
    sync,
    async reconcile() {
      const changed = (await found()).filter(({ path, listed }) => !agrees(store.readingAt(path), listed));
      await Promise.all(changed.map(({ path, listed }) => looks.look(path, listed)));
    },
    async refresh(shares) {
      const paths = store.loadedPaths();
      const share = Math.ceil(paths.length / shares);
      if (cursor >= paths.length) cursor = 0;
      const some = paths.slice(cursor, cursor + share);
      cursor += share;
      await Promise.all(some.map((path) => looks.lookAtUntold(path).catch(ignoreFault)));
    },
    async findAccounted() {
      await Promise.all(store.loadedPaths().map((path) => looks.lookAtAccounting(path).catch(ignoreFault)));
    },
    readManager: () => readManager(bus),
    readIp: (signal) => readIp(bus, store.accounted(), signal),
  };
}

/** A unit in systemd's memory, and what a list tells of it, if there is one. */
interface Found {
  readonly path: string;
  readonly name: string;
  readonly listed: ListedUnit | undefined;
}

async function foundUnits(bus: Bus): Promise<readonly Found[]> {
  try {
    return (await listUnits(bus)).map((listed) => ({ path: listed.path, name: listed.name, listed }));
  } catch (thrown) {
    if (!(thrown instanceof BusFault) || isAway(thrown)) throw thrown;
    return (await unitPaths(bus)).map((path) => ({ path, name: unitNameOf(path), listed: undefined }));
  }
}

/** Whether a reading says the same as the list of units. */
function agrees(reading: UnitReading | undefined, listed: ListedUnit | undefined): boolean {
  return (
    listed !== undefined &&
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
