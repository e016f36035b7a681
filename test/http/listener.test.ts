import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as tlsConnect } from 'node:tls';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/http/listener.ts';
import type { ListenerSecurity } from '../../src/http/web-config/web-security.ts';
import { pem } from '../fakes/pem.ts';
import { secured, withTls } from './web-config/secured.ts';

describe('listen', () => {
  it('answers at the address that it tells, until it is closed', async () => {
    const app = express().get('/', (_request, response) => void response.send('here'));
    const listener = await listen(app, { host: '127.0.0.1', port: 0 });
    expect(listener.address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`http://${listener.address}/`)).text()).toBe('here');
    await listener.close();
    await expect(fetch(`http://${listener.address}/`)).rejects.toThrow();
  });

  it('throws a Failure that names an address which is taken', async () => {
    const first = await listen(express(), { host: '127.0.0.1', port: 0 });
    const port = Number(first.address.split(':')[1]);
    await expect(listen(express(), { host: '127.0.0.1', port })).rejects.toMatchObject({
      name: 'Failure',
      code: 'refused',
      message: expect.stringContaining(`listening on 127.0.0.1:${port}: listen EADDRINUSE`),
    });
    await first.close();
  });

  it('throws a Failure for an address that is not of this machine', async () => {
    // TEST-NET-1 of RFC 5737 belongs to nobody.
    await expect(listen(express(), { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('ends idle connections when it is closed', async () => {
    const listener = await listen(express(), { host: '127.0.0.1', port: 0 });
    const socket = connect(Number(listener.address.split(':')[1]), '127.0.0.1');
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise<void>((resolve) => socket.once('data', () => resolve()));
    await Promise.all([listener.close(), ended]);
    expect(socket.destroyed).toBe(true);
  });

  it('lets an open request end before it is closed', async () => {
    let finish: () => void = () => undefined;
    let arrived: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (arrived = resolve));
    const app = express().get('/', (_request, response) => {
      finish = () => void response.send('late, but here');
      arrived();
    });
    const listener = await listen(app, { host: '127.0.0.1', port: 0 });
    // Without an agent there is one request a connection.
    const reply = new Promise<IncomingMessage>((resolve) =>
      get(`http://${listener.address}/`, { agent: false }, resolve),
    );
    await asked;
    const closed = listener.close();
    finish();
    expect(await text(await reply)).toBe('late, but here');
    await closed;
  });
});

describe('listen over TLS', () => {
  it('ends idle connections when it is closed', async () => {
    const { listener, port } = await secured(withTls());
    const socket = tlsConnect({ port, host: '127.0.0.1', ca: pem('ca.crt') });
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise<void>((resolve) => socket.once('data', () => resolve()));
    await Promise.all([listener.close(), ended]);
    expect(socket.destroyed).toBe(true);
  });

  it('does not wait for a handshake when it is closed', async () => {
    const { security } = await secured(withTls());
    const patient: ListenerSecurity = {
      createServer: (options, application) =>
        security.listener().createServer({ ...options, handshakeTimeout: 3_600_000 }, application),
    };
    const listener = await listen(express(), { host: '127.0.0.1', port: 0 }, patient);
    const socket = connect(Number(listener.address.split(':')[1]), '127.0.0.1');
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    await Promise.all([listener.close(), ended]);
    expect(socket.bytesRead).toBe(0);
  });

  it('has the limits that plain HTTP has', async () => {
    const { security } = await secured(withTls());
    const plain = await limitsWith({ createServer });
    expect(await limitsWith(security.listener())).toEqual(plain);
    expect(Object.values(plain).every((limit) => limit > 0)).toBe(true);
  });
});

/** The limits of the server that listens with this security. */
async function limitsWith(security: ListenerSecurity) {
  const servers: Server[] = [];
  let handshakeTimeout = 0;
  const watched: ListenerSecurity = {
    createServer(options, application) {
      const server = security.createServer(options, application);
      servers.push(server);
      handshakeTimeout = options.handshakeTimeout ?? 0;
      return server;
    },
  };
  const listener = await listen(express(), { host: '127.0.0.1', port: 0 }, watched);
  onTestFinished(() => listener.close());
  const { headersTimeout = 0, requestTimeout = 0, timeout = 0, maxConnections = 0 } = servers[0] ?? {};
  return { handshakeTimeout, headersTimeout, requestTimeout, timeout, maxConnections };
}
