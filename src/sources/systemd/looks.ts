import { createGate } from '../../domain/gate.ts';
import { unitType } from '../../domain/unit.ts';
import { type Bus, BusFault } from '../../host/bus.ts';
import { invocationText, isAway, type ListedUnit, someProperties } from '../../host/systemd/systemd1.ts';
import {
  decodeFile,
  decodeUnit,
  FILE_PROPERTIES,
  IP_ACCOUNTING,
  STATE_PROPERTIES,
  type TypeInterface,
  typeInterface,
  UNIT_PROPERTIES,
  untoldProperties,
  withUntold,
} from './decode.ts';
import type { Properties } from './properties.ts';
import type { UnitStore } from './store.ts';

/** Looks at units, one reader a unit at a time. */
export interface Looks {
  /** Reads a unit until nothing has happened to it meanwhile; what a list has told of it is not asked again. */
  look(path: string, listed?: ListedUnit): Promise<void>;
  /** Reads what changes of a unit without a signal; whoever reads the unit at this moment reads that too. */
  lookAtUntold(path: string): Promise<void>;
  /** Reads whether systemd counts a unit's IP traffic. */
  lookAtAccounting(path: string): Promise<void>;
}

/** Units read at once: enough to keep the connection busy, few enough to leave little behind in memory. */
const AT_ONCE = 6;

/** Gives a way of looking at units over a connection; what is seen goes into the store. */
export function createLooks(bus: Bus, store: UnitStore, bootSeconds: () => number): Looks {
  const underWay = new Map<string, { again: boolean; done: Promise<void> }>();
  const inTurn = createGate(AT_ONCE);

  function begin(path: string, read: () => Promise<void>): Promise<void> {
    const mark = { again: false, done: Promise.resolve() };
    underWay.set(path, mark);
    mark.done = inTurn(async () => {
      try {
        await read();
        while (mark.again) {
          mark.again = false;
          await readUnit(path);
        }
      } finally {
        underWay.delete(path);
      }
    });
    return mark.done;
  }

  async function readUnit(path: string, listed?: ListedUnit): Promise<void> {
    const name = store.nameAt(path);
    if (name === undefined) return;
    try {
      const { unit, own } = await propertiesOf(path, name, listed);
      const reading = decodeUnit(name, unit, own, { bootSeconds: bootSeconds() });
      store.update(path, reading);
      store.updateAccounting(path, own.get(IP_ACCOUNTING));
      if (reading?.loadState !== 'loaded') return;
      const { activeState, result = 'success' } = reading;
      store.events.watch(name, { activeState, result, invocation: invocationText(unit.get('InvocationID')) });
    } catch (thrown) {
      // Whoever was not there to answer has told nothing: the unit stays as it was until all are read anew.
      if (!isAway(thrown)) store.update(path, undefined);
      // Units come and go while they are being read; that one has gone.
      if (!(thrown instanceof BusFault)) throw thrown;
    }
  }

  /** If something has changed since the list was made, a signal brings another look. */
  async function propertiesOf(
    path: string,
    name: string,
    listed: ListedUnit | undefined,
  ): Promise<UnitProperties> {
    if (listed !== undefined && listed.loadState !== 'loaded') {
      return { unit: listedProperties(listed), own: NONE };
    }
    const names = listed === undefined ? [...STATE_PROPERTIES, ...UNIT_PROPERTIES] : UNIT_PROPERTIES;
    const face = typeInterface(name);
    const [unit, own] = await Promise.all([
      someProperties(bus, path, 'Unit', names),
      face === undefined ? NONE : ownProperties(path, face, listed === undefined),
    ]);
    return { unit: new Map([...(listed === undefined ? NONE : listedProperties(listed)), ...unit]), own };
  }

  /** Of thousands of units, at the start, IP accounting is asked afterwards: the first page need not wait. */
  async function ownProperties(path: string, type: TypeInterface, isAlone: boolean): Promise<Properties> {
    const { face, properties, more } = type;
    const own = await someProperties(bus, path, face, properties);
    const others = [...(more?.(own) ?? []), ...(isAlone && face === 'Service' ? [IP_ACCOUNTING] : [])];
    if (others.length === 0) return own;
    return new Map([...own, ...(await someProperties(bus, path, face, others))]);
  }

  return {
    look(path, listed) {
      const current = underWay.get(path);
      if (current === undefined) return begin(path, () => readUnit(path, listed));
      current.again = true;
      return current.done;
    },
    async lookAtAccounting(path) {
      const name = store.nameAt(path);
      if (name === undefined || unitType(name) !== 'service') return;
      const own = await inTurn(() => someProperties(bus, path, 'Service', [IP_ACCOUNTING]));
      store.updateAccounting(path, own.get(IP_ACCOUNTING));
    },
    async lookAtUntold(path) {
      const name = store.nameAt(path);
      if (name === undefined || underWay.has(path)) return;
      const face = typeInterface(name);
      await begin(path, async () => {
        const [file, own] = await Promise.all([
          someProperties(bus, path, 'Unit', FILE_PROPERTIES),
          face === undefined ? NONE : someProperties(bus, path, face.face, untoldProperties(name)),
        ]);
        store.updateFile(path, decodeFile(file));
        store.updateAccounting(path, own.get(IP_ACCOUNTING));
        store.update(path, withUntold(store.readingAt(path), own));
      });
    },
  };
}

interface UnitProperties {
  /** What units of all types have. */
  readonly unit: Properties;
  /** What only units of this type have. */
  readonly own: Properties;
}

const NONE: Properties = new Map();

function listedProperties({ loadState, activeState, subState }: ListedUnit): Properties {
  return new Map([
    ['LoadState', loadState],
    ['ActiveState', activeState],
    ['SubState', subState],
  ]);
}
