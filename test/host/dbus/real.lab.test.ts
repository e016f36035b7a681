import { fileURLToPath } from 'node:url';
import { Message, type MessageBus, sessionBus, Variant } from 'dbus-next';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bus, connectBus } from '../../../src/host/bus.ts';
import {
  allProperties,
  listUnits,
  loadUnit,
  managerProperty,
  property,
} from '../../../src/host/systemd/systemd1.ts';
import { processInLab } from '../../bench/process-cost.ts';
import { describeLab } from '../../lab/describe-lab.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait.ts';

const SYSTEMD = 'org.freedesktop.systemd1';
const MANAGER = {
  destination: SYSTEMD,
  path: '/org/freedesktop/systemd1',
  interface: `${SYSTEMD}.Manager`,
};

describeLab('the real systemd over the real bus', () => {
  let lab: Lab;
  let bus: Bus;
  let fork: MessageBus;

  beforeAll(async () => {
    lab = await startLab();
    await lab.writeUnit('simple.service', '[Service]\nExecStart=/bin/sleep infinity\n');
    await lab.run(['systemctl', 'start', 'simple.service']);
    bus = await connectBus({ address: lab.busAddress });
    fork = sessionBus({ busAddress: lab.busAddress });
  });
  afterAll(async () => {
    fork?.disconnect();
    bus?.close();
    await lab?.stop();
  });

  /** All properties as dbus-next reads them, in our terms. */
  async function forkProperties(path: string): Promise<ReadonlyMap<string, unknown>> {
    const face = 'org.freedesktop.DBus.Properties';
    const call = {
      destination: SYSTEMD,
      path,
      interface: face,
      member: 'GetAll',
      signature: 's',
      body: [''],
    };
    const reply = await fork.call(new Message(call));
    const all: Readonly<Record<string, unknown>> = Object(reply?.body[0]);
    return new Map(Object.entries(all).map(([name, value]) => [name, withoutVariants(value)]));
  }

  it('reads every property of every unit as dbus-next does', async () => {
    const units = await listUnits(bus);
    let compared = 0;
    for (const { path } of units) {
      const call = {
        destination: SYSTEMD,
        path,
        interface: 'org.freedesktop.DBus.Properties',
        member: 'GetAll',
      };
      const read = async () => (await bus.call({ ...call, signature: 's', body: [''] }))[0];
      const [before, theirs, after] = [await read(), await forkProperties(path), await read()];
      if (!(before instanceof Map && after instanceof Map)) throw new Error(`${path} has no properties`);
      expect([...before.keys()]).toEqual([...theirs.keys()]);
      for (const [name, value] of theirs) {
        // Some change meanwhile, such as the memory of a service.
        if (JSON.stringify(before.get(name), bigints) !== JSON.stringify(after.get(name), bigints)) continue;
        expect({ path, name, value: before.get(name) }).toEqual({ path, name, value });
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(units.length * 50);
  });

  it('gives an answer to each of thousands of calls made at once', async () => {
    const units = await listUnits(bus);
    const calls = Array.from({ length: 3000 }, (_, index) => units[index % units.length]);
    const names = await Promise.all(calls.map((unit) => property(bus, unit?.path ?? '', 'Unit', 'Id')));
    expect(names).toEqual(calls.map((unit) => unit?.name));
  });

  it('sets properties of a unit, each a variant of its own type', async () => {
    const variant = (signature: string, value: unknown) => ({ signature, value });
    const properties = [
      ['TasksMax', variant('t', 123n)],
      ['Description', variant('s', 'set by a test, ünïcode')],
    ];
    await bus.call({
      ...{ ...MANAGER, member: 'SetUnitProperties', signature: 'sba(sv)' },
      body: ['simple.service', true, properties],
    });
    const path = await loadUnit(bus, 'simple.service');
    expect((await allProperties(bus, path, 'Service')).get('TasksMax')).toBe(123n);
    expect((await allProperties(bus, path, 'Unit')).get('Description')).toBe('set by a test, ünïcode');
  });

  it('tells an error as systemd does', async () => {
    const call = { ...MANAGER, member: 'GetUnit', signature: 's', body: ['nothing.service'] };
    await expect(bus.call(call)).rejects.toMatchObject({
      name: 'BusFault',
      errorName: `${SYSTEMD}.NoSuchUnit`,
      message: 'Unit nothing.service not loaded.',
    });
  });

  it('restarts a unit over its own socket, where its signals come unasked', async () => {
    const script = fileURLToPath(new URL('over-peer.ts', import.meta.url));
    const node = [process.execPath, '--import', import.meta.resolve('tsx'), script, 'simple.service'];
    const { stdout } = await lab.run(node);
    expect(JSON.parse(stdout)).toMatchObject({ result: 'done', restarted: true, senders: [SYSTEMD] });
    expect(JSON.parse(stdout).changed).toContain('active');
  });

  it('gives up a bus that has stopped, ends at once for all that, and works again once it goes on', async () => {
    const hasty = await connectBus({ address: lab.busAddress, timeoutMs: 200 });
    const daemon = processInLab(lab.pid, 'dbus-daemon');
    process.kill(daemon, 'SIGSTOP');
    try {
      await expect(managerProperty(hasty, 'Version')).rejects.toMatchObject({ code: 'timeout' });
      await expect(connectBus({ address: lab.busAddress, timeoutMs: 200 })).rejects.toMatchObject({
        code: 'timeout',
      });
      const other = managerProperty(bus, 'Version');
      bus.close();
      await expect(other).rejects.toMatchObject({ code: 'unreachable' });
    } finally {
      process.kill(daemon, 'SIGCONT');
    }
    expect(await waitFor('it answers again', () => managerProperty(hasty, 'NJobs'))).toEqual(
      expect.any(Number),
    );
    hasty.close();
  });

  it('is never refused a call by the bus, however many were given up while systemd hung', async () => {
    const impatient = await connectBus({ address: lab.busAddress });
    const ping = (signal?: AbortSignal) =>
      impatient.call({ ...MANAGER, interface: 'org.freedesktop.DBus.Peer', member: 'Ping' }, signal);
    process.kill(lab.pid, 'SIGSTOP');
    try {
      for (let round = 0; round < 3; round++) {
        const caller = new AbortController();
        const calls = Promise.allSettled(Array.from({ length: 64 }, () => ping(caller.signal)));
        caller.abort(new Error('given up'));
        await calls;
      }
      // The bus would answer the next one with LimitsExceeded, as if something were wrong with the call.
      await expect(ping()).rejects.toMatchObject({ name: 'Failure', code: 'unreachable' });
    } finally {
      process.kill(lab.pid, 'SIGCONT');
    }
    expect(await impatient.closed).toBe('the other side leaves too many calls unanswered');
    const next = await connectBus({ address: lab.busAddress });
    expect(await managerProperty(next, 'NJobs')).toEqual(expect.any(Number));
    next.close();
  });

  it('tells at once that the bus was killed', async () => {
    const doomed = await waitFor('the bus answers', () => connectBus({ address: lab.busAddress }));
    process.kill(processInLab(lab.pid, 'dbus-daemon'), 'SIGSTOP');
    const calls = Promise.allSettled(Array.from({ length: 100 }, () => managerProperty(doomed, 'Version')));
    process.kill(processInLab(lab.pid, 'dbus-daemon'), 'SIGKILL');
    for (const end of await calls) expect(end).toMatchObject({ reason: { code: 'unreachable' } });
    expect(await doomed.closed).toMatch(/closed the connection|ECONNRESET|EPIPE/);
    const next = await waitFor('the bus is back', () => connectBus({ address: lab.busAddress }));
    expect(await waitFor('systemd is back on it', () => managerProperty(next, 'NJobs'))).toEqual(
      expect.any(Number),
    );
    next.close();
  });
});

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** What dbus-next gives, as fettle gives it: dictionaries are objects there, and variants stay. */
function withoutVariants(value: unknown): unknown {
  if (value instanceof Variant) return withoutVariants(value.value);
  if (Array.isArray(value)) return value.map(withoutVariants);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  return new Map(Object.entries(value).map(([key, one]) => [key, withoutVariants(one)]));
}
