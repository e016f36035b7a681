import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { portOwner } from '../../../src/host/net/port-probe.ts';

const LIMIT_MS = 5000;
const HOST = '127.0.0.1';

async function portOf(server: Server): Promise<number> {
  server.listen(0, HOST);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return Number(Reflect.get(Object(server.address()), 'port'));
}

const answering =
  (status: number, text: string): RequestListener =>
  (_request, response) => {
    response.writeHead(status).end(text);
  };

const HEALTHY = answering(200, 'fettle is healthy.\n');

function tls(name: string): string {
  return readFileSync(new URL(`../../fakes/tls/${name}`, import.meta.url), 'utf8');
}

const SERVER: ServerOptions = { cert: tls('server.crt'), key: tls('server.key') };

describe('portOwner', () => {
  it('finds that nobody has it, and leaves it free', async () => {
    const server = createHttpServer();
    const port = await portOf(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await portOwner({ host: HOST, port }, LIMIT_MS)).toEqual({ kind: 'nobody' });
    expect(await portOwner({ host: HOST, port }, LIMIT_MS)).toEqual({ kind: 'nobody' });
  });

  it.each([
    ['a fettle', HEALTHY, 'fettle'],
    ['somebody who wants a password', answering(401, 'Unauthorized'), 'guarded'],
    ['another program', answering(200, 'Prometheus Server is Healthy.'), 'other'],
    ['one that says too much', answering(200, 'x'.repeat(5000)), 'other'],
  ])('knows %s', async (_who, listener, kind) => {
    const port = await portOf(createHttpServer(listener));
    expect(await portOwner({ host: HOST, port }, LIMIT_MS)).toEqual({ kind });
  });

  it('asks a listener on all addresses on this machine', async () => {
    const server = createHttpServer(HEALTHY).listen(0, '0.0.0.0');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const port = Number(Reflect.get(Object(server.address()), 'port'));
    expect(await portOwner({ host: '0.0.0.0', port }, LIMIT_MS)).toEqual({ kind: 'fettle' });
  });

  it('knows a fettle behind TLS, whose certificate it does not check', async () => {
    const port = await portOf(createHttpsServer(SERVER, HEALTHY));
    expect(await portOwner({ host: HOST, port }, LIMIT_MS)).toEqual({ kind: 'fettle' });
  });

  it('knows one that lets only clients with a certificate in', async () => {
    const options = { ...SERVER, requestCert: true, rejectUnauthorized: true, ca: tls('ca.crt') };
    const port = await portOf(createHttpsServer(options, HEALTHY));
    expect(await portOwner({ host: HOST, port }, LIMIT_MS)).toEqual({ kind: 'guarded' });
  });

  it('gives up one that takes connections and says nothing', async () => {
    const port = await portOf(createServer((socket) => socket.on('error', () => undefined).resume()));
    expect(await portOwner({ host: HOST, port }, 100)).toEqual({ kind: 'other' });
  });

  it('says that an address is not of this machine', async () => {
    // 192.0.2.0/24 is for examples alone (RFC 5737).
    expect(await portOwner({ host: '192.0.2.1', port: 10558 }, LIMIT_MS)).toEqual({
      kind: 'refused',
      error: 'EADDRNOTAVAIL',
    });
  });
});
