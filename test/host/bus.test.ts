import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Bus, BusFault, type BusOptions, connectBus, systemBusAddress } from '../../src/host/bus.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { waitFor } from '../lab/wait.ts';
import type { ReadMessage } from './dbus/read-messages.ts';
import { type ReferenceMessage, referenceMessage } from './dbus/reference.ts';
import { type Behaviour, type Client, startSmallServer } from './dbus/small-server.ts';

/** A socket that takes connections and says nothing, as a stopped dbus-daemon does. */
async function startSilentBus(path = join(tempFolder(), 'bus')) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { address: `unix:path=${path}`, open };
}

/** A bus of a small server, and the server's side of the connection. */
async function connected(behaviour?: Behaviour, options?: Partial<BusOptions>) {
  const { address, clients } = await startSmallServer(behaviour);
  const bus = await connectBus({ address, ...options });
  onTestFinished(() => bus.close());
  const client = clients[0];
  if (client === undefined) throw new Error('the server has no client');
  return { bus, client };
}

const CALL = { destination: 'a.b', path: '/', interface: 'a.b', member: 'C' };

const SIGNAL: ReferenceMessage = {
  kind: 4,
  fields: [
    [1, 'o', '/a'],
    [2, 's', 'a.b'],
    [3, 's', 'Changed'],
    [7, 's', ':1.2'],
  ],
};

const until = (what: string, holds: () => boolean) =>
  waitFor(what, () => holds() || undefined, { everyMs: 1 });

/** All that the other side has sent so far has been read once this is. */
async function roundTrip(bus: Bus): Promise<void> {
  await bus.call({ ...CALL, member: 'Echo' });
}

const echo: Behaviour = {
  onMessage(call, client) {
    if (call.header.member === 'Echo') client.answer(call, call.header.signature, call.body);
  },
};

describe('connecting to a bus', () => {
  it('is given up after the limit, and its connection is not left behind', async () => {
    const { address, open } = await startSilentBus();
    await expect(connectBus({ address, timeoutMs: 20 })).rejects.toMatchObject({
      code: 'timeout',
      message: `connecting to D-Bus at ${address}: no answer within 0.02 s`,
    });
    await until('the connection is closed', () => open.size === 0);
  });

  it('is given up after the limit when a log-in is all that is answered', async () => {
    const { address, clients } = await startSmallServer({ login: 'OK 01' });
    await expect(connectBus({ address, timeoutMs: 20 })).rejects.toMatchObject({ code: 'timeout' });
    await until('the connection is closed', () => clients.length === 0);
  });

  it('fails where there is no socket', async () => {
    const path = join(tempFolder(), 'none');
    await expect(connectBus({ address: `unix:path=${path}` })).rejects.toMatchObject({
      code: 'unreachable',
      message: `connecting to D-Bus at unix:path=${path}: connect ENOENT ${path}`,
    });
  });

  it('fails for an address of another kind', async () => {
    await expect(connectBus({ address: 'tcp:host=localhost,port=1' })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('"tcp:host=localhost,port=1" is no address of a socket'),
    });
  });

  it.each<[string, string, string]>([
    ['rejects the user', 'REJECTED EXTERNAL\r\n', 'it does not let the user with the id'],
    [
      'talks nonsense',
      'HTTP/1.1 400 Bad Request\r\n',
      'it answered "HTTP/1.1 400 Bad Request" to the log-in',
    ],
    ['talks and talks', 'x'.repeat(100_000), 'it does not speak D-Bus'],
  ])('fails where the server %s, and leaves no connection', async (_what, login, reason) => {
    const { address, clients } = await startSmallServer({ login });
    await expect(connectBus({ address })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(reason),
    });
    await until('the connection is closed', () => clients.length === 0);
  });

  it.each(['at once', 'when it is greeted'])('fails where the server closes %s', async (when) => {
    const path = join(tempFolder(), 'bus');
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (when === 'at once') socket.destroy();
      else socket.on('data', (chunk) => (chunk.includes('BEGIN') ? socket.write('OK 01\r\n') : socket.end()));
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => void server.close());
    await expect(connectBus({ address: `unix:path=${path}` })).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('tries the addresses in turn, and tells of each why not', async () => {
    const folder = tempFolder();
    const nothing = `unix:path=${join(folder, 'none')}`;
    const rejecting = await startSmallServer({ login: 'REJECTED\r\n' });
    const { address } = await startSmallServer(echo);
    const bus = await connectBus({ address: `${nothing};${rejecting.address};${address}` });
    await roundTrip(bus);
    bus.close();
    await expect(connectBus({ address: `${nothing};${rejecting.address}` })).rejects.toThrow(
      /: connect ENOENT .*none; it does not let the user/,
    );
  });

  it('works with a name in the abstract namespace', async () => {
    const name = `fettle-test-${process.pid}-${Math.random()}`;
    const { open } = await startSilentBus(`\0${name}`);
    const connecting = connectBus({ address: `unix:abstract=${name}`, timeoutMs: 500 });
    const failed = expect(connecting).rejects.toMatchObject({ code: 'timeout' });
    await until('it is connected', () => open.size === 1);
    await failed;
  });

  it('greets a bus, and not systemd itself, which sends its signals unasked', async () => {
    const { client } = await connected(echo);
    expect(client.messages.map(({ header }) => header.member)).toEqual(['Hello']);
    const unasked = Buffer.concat([Buffer.from('OK 01\r\n'), referenceMessage(SIGNAL)]);
    const peer = await connected({ ...echo, login: unasked }, { peer: true });
    expect(peer.bus.peer).toBe(true);
    await peer.bus.addMatch("type='signal'");
    await roundTrip(peer.bus);
    expect(peer.client.messages.map(({ header }) => header.member)).toEqual(['Echo']);
  });

  it('goes to the system bus unless the environment says otherwise', () => {
    expect(systemBusAddress({})).toBe('unix:path=/run/dbus/system_bus_socket');
    expect(systemBusAddress({ DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/x' })).toBe('unix:path=/x');
  });
});

describe('a call over a bus', () => {
  it('gives the values of the answer', async () => {
    const variant = (value: readonly unknown[]) => new Map([['a', { signature: 'as', value }]]);
    const onMessage: Behaviour['onMessage'] = (call, client) =>
      client.answer(call, 'sta{sv}ay', ['é', 2n ** 64n - 1n, variant(['b']), Buffer.of(1, 2)]);
    const { bus, client } = await connected({ onMessage });
    const answer = await bus.call({
      ...CALL,
      signature: 'x(ib)a{sv}',
      body: [-1n, [-1, true], variant(['c'])],
    });
    expect(answer).toEqual(['é', 2n ** 64n - 1n, new Map([['a', ['b']]]), Buffer.of(1, 2)]);
    expect(client.messages.at(-1)).toMatchObject({
      header: { kind: 1, path: '/', interface: 'a.b', member: 'C', signature: 'x(ib)a{sv}' },
      body: [-1n, [-1, true], new Map([['a', ['c']]])],
    });
  });

  it.each<[string, string, readonly unknown[], string]>([
    ['a text', 's', ['Unit a.service not found.'], 'Unit a.service not found.'],
    ['no text', '', [], 'a.Error.None'],
    ['something else', 'u', [5], 'a.Error.None'],
  ])('fails with the error that is answered with %s', async (_what, signature, body, message) => {
    const onMessage: Behaviour['onMessage'] = (call, client) =>
      client.fail(call, 'a.Error.None', signature, body);
    const { bus } = await connected({ onMessage });
    const failing = bus.call(CALL);
    await expect(failing).rejects.toBeInstanceOf(BusFault);
    await expect(failing).rejects.toMatchObject({ name: 'BusFault', errorName: 'a.Error.None', message });
  });

  it('fails if it cannot be written, and does not disturb the others', async () => {
    const { bus } = await connected(echo);
    await expect(bus.call({ ...CALL, path: 'wrong' })).rejects.toThrow('"wrong" is no path of an object');
    await roundTrip(bus);
  });

  it('fails after its limit; an answer that comes later harms nobody', async () => {
    const late: ReadMessage[] = [];
    const onMessage: Behaviour['onMessage'] = (call, client) => {
      if (call.header.member === 'C') {
        late.push(call);
        return;
      }
      for (const one of late) client.answer(one, 's', ['late']);
      client.answer(call);
    };
    const { bus } = await connected({ onMessage }, { timeoutMs: 30 });
    await expect(bus.call(CALL)).rejects.toMatchObject({
      code: 'timeout',
      message: 'C of a.b: no answer within 0.03 s',
    });
    expect(await bus.call({ ...CALL, member: 'Echo' })).toEqual([]);
  });

  it('ends with the reason of its signal', async () => {
    const { bus } = await connected(echo);
    const caller = new AbortController();
    const reason = new Error('fettle is being stopped');
    const call = bus.call(CALL, caller.signal);
    caller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await roundTrip(bus);
  });

  it('waits while 64 others are under way', async () => {
    const held: ReadMessage[] = [];
    const { bus, client } = await connected({ onMessage: (call) => void held.push(call) });
    const calls = Promise.all(
      Array.from({ length: 200 }, (_, index) => bus.call({ ...CALL, signature: 'u', body: [index] })),
    );
    for (let answered = 0; answered < 200; ) {
      const expected = Math.min(64, 200 - answered);
      await until(`${expected} calls are under way`, () => held.length === expected);
      for (const call of held.splice(0, 1 + (answered % 64))) {
        client.answer(call, 'u', call.body);
        answered++;
      }
    }
    expect((await calls).map(([index]) => index)).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });
});

describe('the end of a connection', () => {
  it('comes at once with close, for calls under way and those that come later', async () => {
    const { bus, client } = await connected();
    const calls = Promise.allSettled(Array.from({ length: 100 }, () => bus.call(CALL)));
    bus.close();
    const failed = { code: 'unreachable', message: 'C of a.b: closed by fettle' };
    for (const end of await calls) expect(end).toMatchObject({ reason: failed });
    await expect(bus.call(CALL)).rejects.toMatchObject(failed);
    expect(await bus.closed).toBe('closed by fettle');
    await until('the server sees it', () => client.socket.destroyed);
  });

  it('comes when the bus closes, for calls under way and those that come later', async () => {
    const { bus } = await connected({ onMessage: (_, client) => void client.socket.end() });
    const failed = { code: 'unreachable', message: 'C of a.b: the bus closed the connection' };
    await expect(bus.call(CALL)).rejects.toMatchObject(failed);
    await expect(bus.call(CALL)).rejects.toMatchObject(failed);
    expect(await bus.closed).toBe('the bus closed the connection');
  });

  it.each<[string, Buffer, string]>([
    [
      'no message',
      Buffer.from('HTTP/1.1 400 Bad Request'),
      'malformed D-Bus message: a message has no byte order',
    ],
    [
      'a message that is too large',
      Buffer.from('6c020001ffffffff0100000000000000', 'hex'),
      'malformed D-Bus message: a message of 4294967311 bytes was announced',
    ],
    ['a broken header', referenceMessage({ kind: 2 }), 'malformed D-Bus message: a message lacks a field'],
  ])('comes with %s, and tells the reason', async (_what, bytes, reason) => {
    const { bus, client } = await connected();
    const call = bus.call(CALL);
    client.socket.write(bytes);
    await expect(call).rejects.toMatchObject({ code: 'unreachable' });
    expect(await bus.closed).toBe(reason);
  });

  it('comes with an answer whose values do not fit, and that call fails with the others', async () => {
    const onMessage: Behaviour['onMessage'] = ({ header: { serial } }, { socket }) => {
      const answer = referenceMessage({ kind: 2, fields: [[5, 'u', serial]], signature: 'b', body: [2] });
      socket.write(answer);
    };
    const { bus } = await connected({ onMessage });
    const reason = 'malformed D-Bus message: a boolean is 2';
    const ends = await Promise.allSettled([bus.call(CALL), bus.call(CALL)]);
    for (const end of ends) expect(end).toMatchObject({ reason: { message: `C of a.b: ${reason}` } });
    expect(await bus.closed).toBe(reason);
  });

  it('comes, or nothing does, with any bytes that follow the log-in', async () => {
    const { address, clients } = await startSmallServer();
    const order = fc.constantFrom([0x6c], [0x42], []);
    await fc.assert(
      fc.asyncProperty(order, fc.uint8Array({ maxLength: 100 }), async (first, rest) => {
        const bus = await connectBus({ address, peer: true });
        await until('the server has seen it', () => clients.length === 1);
        const call = Promise.allSettled([bus.call(CALL)]);
        clients[0]?.socket.end(Buffer.of(...first, ...rest));
        expect(await bus.closed).toMatch(/^malformed D-Bus message: |^the bus closed the connection$/);
        expect(await call).toMatchObject([{ reason: { code: 'unreachable' } }]);
        await until('the server has seen the end', () => clients.length === 0);
      }),
    );
  });
});

describe('a signal over a bus', () => {
  const told = (client: Client, body: readonly unknown[]) => client.send({ ...SIGNAL, signature: 'v', body });

  it('is told with its header and its values', async () => {
    const { bus, client } = await connected(echo);
    const heard: unknown[] = [];
    bus.onSignal(({ sender, path, interface: face, member, body }) =>
      heard.push({ sender, path, face, member, body }),
    );
    told(client, [{ signature: 's', value: 'active' }]);
    await roundTrip(bus);
    expect(heard).toEqual([{ sender: ':1.2', path: '/a', face: 'a.b', member: 'Changed', body: ['active'] }]);
  });

  it('is told to those alone that want one with such a header', async () => {
    const { bus, client } = await connected(echo);
    const heard: string[] = [];
    const wanting = (path: string) => (header: { readonly path: string }) => header.path === path;
    bus.onSignal(() => heard.push('any'));
    bus.onSignal(() => heard.push('/a'), wanting('/a'));
    bus.onSignal(() => heard.push('/b'), wanting('/b'));
    told(client, [{ signature: 's', value: 'active' }]);
    await roundTrip(bus);
    expect(heard).toEqual(['any', '/a']);
  });

  it('is read in the byte order of its sender, which the bus passes on', async () => {
    const { bus, client } = await connected(echo);
    const heard: (readonly unknown[])[] = [];
    bus.onSignal(({ body }) => heard.push(body));
    client.send({ ...SIGNAL, order: 'big', signature: 'u', body: [0x01020304] });
    await roundTrip(bus);
    expect(heard).toEqual([[0x01020304]]);
  });

  it('can be read later, and is read once', async () => {
    const { bus, client } = await connected(echo);
    const heard: { readonly body: readonly unknown[] }[] = [];
    bus.onSignal((signal) => heard.push(signal));
    told(client, [{ signature: 's', value: 'first' }]);
    await roundTrip(bus);
    told(client, [{ signature: 's', value: 'other' }]);
    await roundTrip(bus);
    expect(heard.map(({ body }) => body)).toEqual([['first'], ['other']]);
    expect(heard[0]?.body).toBe(heard[0]?.body);
  });

  it('is not read if nobody does, and ends the connection if it cannot be', async () => {
    const { bus, client } = await connected(echo);
    let reading = false;
    bus.onSignal((signal) => reading && signal.body);
    const broken = { ...SIGNAL, signature: 'b', body: [2] };
    client.send(broken);
    await roundTrip(bus);
    reading = true;
    client.send(broken);
    expect(await bus.closed).toBe('malformed D-Bus message: a boolean is 2');
  });
});
