import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { listen } from '../../src/http/listener.ts';

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
