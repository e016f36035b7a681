import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Failure } from '../../../src/domain/errors.ts';
import { type Bus, connectBus } from '../../../src/host/bus.ts';
import { createResolvedReader, type ResolvedReader } from '../../../src/sources/resolved/source.ts';
import { type NameServer, startNameServer } from '../../fakes/name-server.ts';
import { describeLab } from '../../lab/describe-lab.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { addResolved } from '../../lab/resolved.ts';
import { waitFor } from '../../lab/wait.ts';

const SERVICE = 'systemd-resolved.service';

/** True once a connection takes no more calls; undefined until then. */
async function isClosed(bus: Bus | undefined): Promise<true | undefined> {
  const driver = 'org.freedesktop.DBus';
  const call = { destination: driver, path: '/org/freedesktop/DBus', interface: driver, member: 'GetId' };
  const failure: unknown = await bus?.call(call).catch((thrown: unknown) => thrown);
  return failure instanceof Failure && failure.code === 'unreachable' ? true : undefined;
}

describeLab('the reader of systemd-resolved, on the real one', () => {
  let lab: Lab;
  let nameServer: NameServer;
  let opened: Bus[];
  let reader: ResolvedReader;

  beforeAll(async () => {
    nameServer = await startNameServer();
    lab = await startLab();
    await addResolved(lab, nameServer.port);
  });
  afterAll(async () => {
    await lab?.stop();
    await nameServer?.close();
  });
  beforeEach(() => {
    opened = [];
    const fresh = createResolvedReader(connect);
    reader = fresh;
    return () => fresh.close();
  });

  async function connect(): Promise<Bus> {
    const bus = await connectBus({ address: lab.busAddress });
    opened.push(bus);
    return bus;
  }

  const state = async () =>
    (await lab.run(['systemctl', 'is-active', SERVICE], { check: false })).stdout.trim();
  /** As anybody does who calls it by its name; unlike `systemctl start`, this waits until it has the name. */
  const start = () => lab.run(['resolvectl', 'statistics']);
  const stop = () => lab.run(['systemctl', 'stop', SERVICE]);
  const look = (name: string) => lab.run(['resolvectl', 'query', '-4', name]);

  /** What resolvectl prints, by its own words: `Cache Hits` to 2. */
  async function statistics(): Promise<ReadonlyMap<string, number>> {
    const { stdout } = await lab.run(['resolvectl', 'statistics']);
    const rows = [...stdout.matchAll(/^\s*(.+): (\d+)$/gm)];
    return new Map(rows.map(([, name = '', count]) => [name, Number(count)]));
  }

  it('has nothing while resolved is not running, and does not start it', async () => {
    expect(await reader.read()).toBeUndefined();
    expect(await state()).toBe('inactive');
    await start();
    expect(await state()).toBe('active');
    expect(await reader.read()).toBeDefined();
    await stop();
    expect(await reader.read()).toBeUndefined();
    expect(await state()).toBe('inactive');
    expect(opened).toHaveLength(1);
  });

  it('tells what resolved has counted as resolvectl does', async () => {
    await start();
    for (const name of ['a.example', 'a.example', 'b.example', 'a.example', 'c.example']) await look(name);
    const reading = await reader.read();
    const told = await statistics();
    expect(reading).toEqual({
      currentTransactions: told.get('Current Transactions'),
      transactions: told.get('Total Transactions'),
      cacheSize: told.get('Current Cache Size'),
      cacheHits: told.get('Cache Hits'),
      cacheMisses: told.get('Cache Misses'),
      dnssecSecure: told.get('Secure'),
      dnssecInsecure: told.get('Insecure'),
      dnssecBogus: told.get('Bogus'),
      dnssecIndeterminate: told.get('Indeterminate'),
    });
    expect(reading).toMatchObject({ cacheSize: 3, cacheHits: 2, dnssecSecure: 0 });
    await lab.run(['resolvectl', 'reset-statistics']);
    expect(await reader.read()).toMatchObject({
      cacheSize: 3,
      cacheHits: 0,
      cacheMisses: 0,
      transactions: 0,
    });
  });

  it('opens one connection for reads that come together, and uses it again', async () => {
    await start();
    const together = await Promise.all([reader.read(), reader.read()]);
    expect(together.filter((reading) => reading !== undefined)).toHaveLength(2);
    expect(await reader.read()).toBeDefined();
    expect(opened).toHaveLength(1);
  });

  it('connects anew after the bus has died', async () => {
    await start();
    expect(await reader.read()).toBeDefined();
    await lab.run(['systemctl', 'kill', '--signal=KILL', 'dbus.service']);
    await opened[0]?.closed;
    // Resolved has lost its name with the bus; it gets it back when it starts.
    await lab.run(['systemctl', 'restart', SERVICE]);
    await start();
    expect(await reader.read()).toBeDefined();
    expect(opened).toHaveLength(2);
  });

  it('gives up a resolved that does not answer, and connects anew at the next read', async () => {
    await start();
    const hasty = createResolvedReader(connect, 50);
    await lab.run(['systemctl', 'kill', '--signal=STOP', SERVICE]);
    await expect(hasty.read()).rejects.toMatchObject({
      code: 'timeout',
      message: 'reading the statistics of systemd-resolved: not done within 0.05 s',
    });
    await lab.run(['systemctl', 'kill', '--signal=CONT', SERVICE]);
    await waitFor('resolved is read again', () => hasty.read());
    expect(opened.length).toBeGreaterThan(1);
    hasty.close();
  });

  it('keeps its connection when a read is called off', async () => {
    await start();
    await reader.read();
    await lab.run(['systemctl', 'kill', '--signal=STOP', SERVICE]);
    const caller = new AbortController();
    const calledOff = expect(reader.read(caller.signal)).rejects.toThrow('nobody wants it any more');
    expect(await state()).toBe('active'); // meanwhile the call is under way, and stays so
    caller.abort(new Error('nobody wants it any more'));
    await calledOff;
    await lab.run(['systemctl', 'kill', '--signal=CONT', SERVICE]);
    expect(await reader.read()).toBeDefined();
    expect(opened).toHaveLength(1);
  });

  it('leaves no connection behind that came too late', async () => {
    const gate = new EventEmitter();
    const hasty = createResolvedReader(async () => {
      await once(gate, 'open');
      return connect();
    }, 10);
    await expect(hasty.read()).rejects.toMatchObject({ code: 'timeout' });
    gate.emit('open');
    await waitFor('it is there', () => opened[0]);
    await waitFor('it is closed', () => isClosed(opened[0]));
  });

  it('closes its connection when it is closed', async () => {
    await reader.read();
    expect(await isClosed(opened[0])).toBeUndefined();
    reader.close();
    await waitFor('it is closed', () => isClosed(opened[0]));
    expect(opened).toHaveLength(1);
  });
});
