import { Failure, messageOf } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { ManagerReading } from '../../domain/reading.ts';
import { type Bus, BusFault, type BusSignal } from '../../host/bus.ts';
import {
  invocationText,
  listenToSystemd,
  listUnits,
  MANAGER_SIGNALS,
  managerProperty,
  property,
  subscribe,
  UNIT_SIGNALS,
} from '../../host/systemd1.ts';
import {
  decodeFile,
  decodeUnit,
  FILE_PROPERTIES,
  type Properties,
  typeInterface,
  UNIT_PROPERTIES,
} from './decode.ts';
import type { UnitStore } from './store.ts';

/** One connection's worth of following systemd. */
export interface Session {
  /** Reads every unit; afterwards signals keep the store true. */
  sync(): Promise<void>;
  /**
   * Reads systemd's own state, and a share of the units again: some values change without a signal, such as a
   * restart count that `reset-failed` has zeroed. After as many calls as there are shares, all have been read.
   *
   * Throws if systemd does not answer.
   */
  refresh(shares: number): Promise<ManagerReading>;
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
  const looks = new Map<string, { again: boolean; done: Promise<void> }>();
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
    store.events.changed(name, new Map(Object.entries(Object(changed))), now());
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
    look(path).catch((thrown: unknown) => {
      // A connection that closed has been told about already.
      if (thrown instanceof Failure && thrown.code === 'unreachable') return;
      log.warn({ unit: store.nameAt(path), err: messageOf(thrown) }, 'unit could not be read');
    });
  }

  /** Reads a unit until nothing has happened to it meanwhile; one reader a unit. */
  function look(path: string): Promise<void> {
    const current = looks.get(path);
    if (current !== undefined) {
      current.again = true;
      return current.done;
    }
    const mark = { again: false, done: Promise.resolve() };
    looks.set(path, mark);
    mark.done = (async () => {
      try {
        do {
          mark.again = false;
          await readUnit(path);
        } while (mark.again);
      } finally {
        looks.delete(path);
      }
    })();
    return mark.done;
  }

  async function readUnit(path: string): Promise<void> {
    const name = store.nameAt(path);
    if (name === undefined) return;
    try {
      const [unit, own] = await Promise.all([
        properties(bus, path, 'Unit', UNIT_PROPERTIES),
        ownProperties(bus, path, name),
      ]);
      const reading = decodeUnit(name, unit, own, { bootSeconds: bootSeconds() });
      store.update(path, reading);
      const { activeState = '', result = 'success' } = reading ?? {};
      store.events.watch(name, { activeState, result, invocation: invocationText(unit.get('InvocationID')) });
    } catch (thrown) {
      store.update(path, undefined);
      // Units come and go while they are being read; that one has gone.
      if (!(thrown instanceof BusFault)) throw thrown;
    }
  }

  async function readFile(path: string): Promise<void> {
    try {
      store.updateFile(path, decodeFile(await properties(bus, path, 'Unit', FILE_PROPERTIES)));
    } catch (thrown) {
      ignoreFault(thrown);
    }
  }

  async function sync(): Promise<void> {
    await subscribe(bus).catch(ignoreFault);
    const listed = (await listUnits(bus)).filter(
      (unit) => unit.loadState === 'loaded' && includes(unit.name),
    );
    store.keepOnly(new Set(listed.map((unit) => unit.path)));
    for (const { path, name } of listed) store.add(path, name);
    await Promise.all(listed.map(({ path }) => look(path)));
  }

  await listenToSystemd(bus, [MANAGER_SIGNALS, UNIT_SIGNALS], onSignal);
  return {
    sync,
    async refresh(shares) {
      const paths = store.paths();
      const share = Math.ceil(paths.length / shares);
      if (cursor >= paths.length) cursor = 0;
      const some = paths.slice(cursor, cursor + share);
      cursor += share;
      const manager = await readManager(bus);
      await Promise.all(some.flatMap((path) => [look(path), readFile(path)]));
      return manager;
    },
  };
}

async function readManager(bus: Bus): Promise<ManagerReading> {
  const [version, systemState, jobs] = await Promise.all(
    ['Version', 'SystemState', 'NJobs'].map((name) => managerProperty(bus, name)),
  );
  return { version: String(version), systemState: String(systemState), jobs: Number(jobs) };
}

async function ownProperties(bus: Bus, path: string, name: string): Promise<Properties> {
  const own = typeInterface(name);
  return own === undefined ? new Map() : await properties(bus, path, own.face, own.properties);
}

async function properties(
  bus: Bus,
  path: string,
  face: string,
  names: readonly string[],
): Promise<Properties> {
  return new Map(
    await Promise.all(names.map(async (name) => [name, await property(bus, path, face, name)] as const)),
  );
}

function ignoreFault(thrown: unknown): void {
  // Already subscribed, or the unit has just gone: as it should be.
  if (!(thrown instanceof BusFault)) throw thrown;
}
