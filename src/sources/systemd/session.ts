import { Failure, messageOf } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import { type Bus, BusFault, type BusSignal } from '../../host/bus.ts';
import {
  allProperties,
  listenToSystemd,
  listUnits,
  MANAGER_SIGNALS,
  managerProperty,
  property,
  subscribe,
  UNIT_SIGNALS,
} from '../../host/systemd1.ts';
import { decodeUnit, type Properties, typeInterface } from './decode.ts';
import type { UnitStore } from './store.ts';

/** One connection's worth of following systemd. */
export interface Session {
  /** Reads every unit; afterwards signals keep the store true. */
  sync(): Promise<void>;
  /** Throws if systemd does not answer. */
  ping(): Promise<void>;
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
  includes: (name: string) => boolean,
  log: Log,
): Promise<Session> {
  const looks = new Map<string, { again: boolean; done: Promise<void> }>();
  let reloading = false;

  function onSignal({ path, member, body }: BusSignal): void {
    switch (member) {
      case 'PropertiesChanged':
        if (store.nameAt(path) !== undefined) lookLater(path);
        return;
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

  function unitNew(name: string, path: string): void {
    if (!includes(name)) return;
    store.add(path, name);
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
        allProperties(bus, path, 'Unit'),
        ownProperties(bus, path, name),
      ]);
      store.update(path, decodeUnit(name, unit, own));
    } catch (thrown) {
      store.update(path, undefined);
      // Units come and go while they are being read; that one has gone.
      if (!(thrown instanceof BusFault)) throw thrown;
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
    async ping() {
      await managerProperty(bus, 'Version');
    },
  };
}

async function ownProperties(bus: Bus, path: string, name: string): Promise<Properties> {
  const own = typeInterface(name);
  if (own === undefined) return new Map();
  return new Map(
    await Promise.all(
      own.properties.map(async (key) => [key, await property(bus, path, own.face, key)] as const),
    ),
  );
}

function ignoreFault(thrown: unknown): void {
  // "Already subscribed" is what it should be.
  if (!(thrown instanceof BusFault)) throw thrown;
}
