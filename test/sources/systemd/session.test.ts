import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/domain/errors.ts';
import { type BusCall, BusFault } from '../../../src/host/bus.ts';
import { openSession } from '../../../src/sources/systemd/session.ts';
import { UnitStore } from '../../../src/sources/systemd/store.ts';
import { type FakeBus, fakeBus } from '../../fakes/bus.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { waitFor } from '../../lab/wait.ts';

const MANAGER = '/org/freedesktop/systemd1';
const pathOf = (name: string) => `${MANAGER}/unit/${name.replaceAll('.', '_2e')}`;

/** A row of `ListUnits`. */
const row = (name: string) => [name, '', 'loaded', 'active', 'running', '', pathOf(name), 0, '', '/'];

/** Properties of a target that runs, the simplest of units. */
const PROPERTIES: Readonly<Record<string, unknown>> = {
  LoadState: 'loaded',
  ActiveState: 'active',
  SubState: 'active',
};

interface Scene {
  /** Properties that are asked for beside those of a target. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Names that systemd lists. */
  readonly units: readonly string[];
  /** What else happens while a call is answered; it may throw instead. */
  readonly meanwhile?: (call: BusCall, bus: FakeBus) => void;
}

async function open({ units, properties = {}, meanwhile = () => undefined }: Scene) {
  const store = new UnitStore();
  const { log, lines } = recordedLog();
  const bus = fakeBus((call) => {
    meanwhile(call, bus);
    if (call.member === 'ListUnits') return [units.map(row)];
    const name = String(call.body?.[1]);
    return [name in properties ? properties[name] : PROPERTIES[name]];
  });
  const session = await openSession(bus, store, {
    includes: () => true,
    now: () => new Date(0),
    bootSeconds: () => 0,
    log,
  });
  const accounted = () => store.accounted().map(({ name }) => name);
  const names = () => store.bareReadings().map(({ name }) => name);
  return { bus, session, names, accounted, lines };
}

const unitNew = (name: string) => ({ path: MANAGER, member: 'UnitNew', body: [name, pathOf(name)] });
const fault = (name: string) => new BusFault(`org.freedesktop.DBus.Error.${name}`, name);

describe('a session with systemd', () => {
  it('keeps a unit that came in just after the list was made', async () => {
    const { session, names } = await open({
      units: ['a.target'],
      meanwhile: ({ member }, bus) => member === 'ListUnits' && bus.emit(unitNew('b.target')),
    });
    await session.sync();
    expect(names().sort()).toEqual(['a.target', 'b.target']);
  });

  it('drops a unit that the next list has no more', async () => {
    const { bus, session, names } = await open({ units: ['a.target'] });
    await session.sync();
    bus.emit(unitNew('b.target'));
    await session.sync();
    await session.sync();
    expect(names()).toEqual(['a.target']);
  });

  it.each([fault('NoReply'), fault('ServiceUnknown'), new Failure('unreachable', 'closed')])(
    'leaves a unit as it was when nobody is there to answer: $message',
    async (reason) => {
      let isAway = false;
      const { session, names } = await open({
        units: ['a.target'],
        meanwhile: ({ member }) => {
          if (isAway && member === 'Get') throw reason;
        },
      });
      await session.sync();
      isAway = true;
      await session.sync().catch(() => undefined);
      expect(names()).toEqual(['a.target']);
    },
  );

  it('drops a unit that systemd does not know any more', async () => {
    let isGone = false;
    const { session, names } = await open({
      units: ['a.target'],
      meanwhile: ({ member }) => {
        if (isGone && member === 'Get') throw fault('UnknownObject');
      },
    });
    await session.sync();
    isGone = true;
    await session.sync();
    expect(names()).toEqual([]);
  });

  it('ends a bus on which a call about a unit was not answered in time, and says so', async () => {
    let hangs = false;
    const { bus, session, lines } = await open({
      units: ['a.target'],
      meanwhile: ({ member }) => {
        if (hangs && member === 'Get') throw new Failure('timeout', 'no answer within 10 s');
      },
    });
    await session.sync();
    hangs = true;
    bus.emit({ path: pathOf('a.target'), member: 'PropertiesChanged', body: ['', new Map(), []] });
    expect(await bus.closed).toBe('closed');
    expect(lines).toEqual([
      {
        level: 'warn',
        fields: { unit: 'a.target', err: 'no answer within 10 s' },
        message: 'unit could not be read',
      },
    ]);
  });

  it('knows whose traffic is counted: of all once they have been read, of a new one at once, and follows changes', async () => {
    let isAccounted = true;
    const { bus, session, accounted } = await open({
      units: ['a.service', 'b.target'],
      properties: {
        Type: 'simple',
        NRestarts: 0,
        ExecMainCode: 0,
        get IPAccounting() {
          return isAccounted;
        },
      },
    });
    await session.sync();
    expect(accounted()).toEqual([]);
    await session.findAccounted();
    expect(accounted()).toEqual(['a.service']);
    bus.emit(unitNew('c.service'));
    await waitFor('it has been read', async () => accounted().length === 2 || undefined);
    isAccounted = false;
    await session.refresh(1);
    expect(accounted()).toEqual([]);
  });
});
