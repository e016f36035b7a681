import { createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as tlsConnect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keepConnections } from '../../src/http/connections.ts';
import { pem } from '../fakes/pem.ts';
import { waitFor } from '../lab/wait.ts';
import { secured, withTls } from './web-config/secured.ts';

const LIMIT = 3;

/** A server that keeps so many connections, and answers when it is told to. */
async function start() {
  const answers: (() => void)[] = [];
  const server = createServer((_request, response) => answers.push(() => response.end('here')));
  const connections = keepConnections(server, LIMIT);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    connections.destroy();
    server.close();
  });
  const address = server.address();
  const { port }: Pick<AddressInfo, 'port'> =
    typeof address === 'object' && address !== null ? address : { port: 0 };
  const arrived = (count: number) =>
    waitFor('requests have arrived', () => answers.length === count || undefined, { everyMs: 5 });
  return { port, answers, arrived, connections };
}

/** A client that sends this and waits. */
function client(port: number, sent: string): { readonly socket: Socket; readonly closed: Promise<'closed'> } {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  onTestFinished(() => void socket.destroy());
  const closed = new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed')));
  socket.write(sent);
  return { socket, closed };
}

const isOpen = ({ socket }: { readonly socket: Socket }) =>
  waitFor('it is open', () => !socket.pending || undefined, { everyMs: 5 });

const WHOLE = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const HALF = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf';

describe('the connections of a server', () => {
  it.each([
    ['a request', ''],
    ['the end of a line', 'GET'],
    ['the end of the headers', 'GET / HTTP/1.1\r\nHost: x\r\n'],
    ['the end of a body', HALF],
  ])('are as many as they may be: the one that waits longest for %s makes room', async (_what, sent) => {
    const { port, answers, arrived } = await start();
    const first = client(port, sent);
    await isOpen(first);
    const others = ['GET /1', 'GET /2', 'GET /3'].map((begun) => client(port, begun));
    expect(await first.closed).toBe('closed');
    const whole = client(port, WHOLE);
    await arrived(sent === HALF ? 2 : 1);
    const answered = new Promise<Buffer>((resolve) => whole.socket.once('data', resolve));
    for (const answer of answers) answer();
    expect(String(await answered)).toContain('200 OK');
    expect(others.map(({ socket }) => socket.closed)).toEqual([false, false, false]);
  });

  it('are never taken from who waits for an answer, however many come at once', async () => {
    const { port, answers, arrived } = await start();
    const replies = [1, 2, 3, 4, 5].map(
      () =>
        new Promise<string>((resolve, reject) => {
          request({ port, host: '127.0.0.1', agent: false }, (reply) => resolve(text(reply)))
            .on('error', reject)
            .end();
        }),
    );
    await arrived(5);
    const slow = client(port, 'GET');
    await isOpen(slow);
    const others = ['GET', 'GET', 'GET'].map((begun) => client(port, begun));
    expect(await slow.closed).toBe('closed');
    for (const answer of answers) answer();
    expect(await Promise.all(replies)).toEqual(Array(5).fill('here'));
    expect(others.map(({ socket }) => socket.closed)).toEqual([false, false, false]);
  });

  it('wait anew once they have been answered', async () => {
    const { port, answers, arrived } = await start();
    const kept = client(port, WHOLE);
    await arrived(1);
    const waiting = client(port, 'GET');
    await isOpen(waiting);
    const answered = new Promise<unknown>((resolve) => kept.socket.once('data', resolve));
    answers[0]?.();
    await answered;
    for (const begun of ['GET', 'GET']) client(port, begun);
    expect(await Promise.race([waiting.closed, kept.closed.then(() => 'kept')])).toBe('closed');
  });

  it('are all ended when they are to be', async () => {
    const { port, arrived, connections } = await start();
    const some = [client(port, WHOLE), client(port, 'GET')];
    await arrived(1);
    await Promise.all(some.map(isOpen));
    connections.destroy();
    expect(await Promise.all(some.map(({ closed }) => closed))).toEqual(['closed', 'closed']);
  });
});

describe('the connections of a listener over TLS', () => {
  it('make room for each other, those without a handshake and those with half a request', async () => {
    const { port } = await secured(withTls());
    const first = client(port, '');
    await isOpen(first);
    const others = Array.from({ length: 256 }, (_, index) =>
      index % 2 === 0 ? client(port, '').socket : tlsConnect({ port, host: '127.0.0.1', ca: pem('ca.crt') }),
    );
    for (const socket of others) {
      socket.on('error', () => undefined).on('secureConnect', () => socket.write('GET'));
      onTestFinished(() => void socket.destroy());
    }
    expect(await first.closed).toBe('closed');
    const socket = tlsConnect({ port, host: '127.0.0.1', ca: pem('ca.crt') });
    onTestFinished(() => void socket.destroy());
    socket.write(WHOLE);
    const answered = new Promise<Buffer>((resolve, reject) =>
      socket.once('data', resolve).once('error', reject),
    );
    expect(String(await answered)).toContain('HTTP/1.1 200');
  });
});
