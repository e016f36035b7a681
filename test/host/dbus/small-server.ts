import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createDecoder } from '../../../src/host/dbus/decode.ts';
import { readHeader } from '../../../src/host/dbus/header.ts';
import { Inbox } from '../../../src/host/dbus/inbox.ts';
import { createTypesOf } from '../../../src/host/dbus/signature.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import type { ReadMessage } from './read-messages.ts';
import { type ReferenceMessage, referenceMessage } from './reference.ts';

/** One client of a small server. */
export interface Client {
  readonly socket: Socket;
  /** What it has sent since it logged in. */
  readonly messages: ReadMessage[];
  send(message: ReferenceMessage): void;
  /** Answers a call that came from it. */
  answer(call: ReadMessage, signature?: string, body?: readonly unknown[]): void;
  fail(call: ReadMessage, errorName: string, signature?: string, body?: readonly unknown[]): void;
}

/** A small server of D-Bus over a socket, which does as the test says. */
export interface SmallServer {
  readonly address: string;
  readonly path: string;
  /** In the order in which they came; those that left are not among them. */
  readonly clients: readonly Client[];
}

/** What the server does; without, it lets everybody in, and answers nothing but `Hello`. */
export interface Behaviour {
  /** What it answers to a log-in. */
  readonly login?: string | Buffer;
  readonly onMessage?: (message: ReadMessage, client: Client) => void;
}

/** Starts a small server for the running test. */
export async function startSmallServer(behaviour: Behaviour = {}): Promise<SmallServer> {
  const { login = 'OK 0123abcd\r\n', onMessage } = behaviour;
  const path = join(tempFolder(), 'bus');
  const clients: Client[] = [];
  const server = createServer((socket) => {
    const client = createClient(socket, login, (message) => {
      if (message.header.member === 'Hello') client.answer(message, 's', [':1.1']);
      else onMessage?.(message, client);
    });
    clients.push(client);
    socket.on('error', () => undefined);
    socket.on('close', () => clients.splice(clients.indexOf(client), 1));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    for (const { socket } of clients) socket.destroy();
    server.close();
  });
  return { address: `unix:path=${path}`, path, clients };
}

const BEGIN = 'BEGIN\r\n';

/** With the user id in decimal, as text, in hexadecimal. */
const LOGIN = /^\0AUTH EXTERNAL (3\d)+\r\n/;

function createClient(
  socket: Socket,
  login: string | Buffer,
  onMessage: (message: ReadMessage) => void,
): Client {
  const messages: ReadMessage[] = [];
  const decoder = createDecoder(createTypesOf());
  const inbox = new Inbox((reader) => {
    const header = readHeader(reader, decoder);
    const message = { header, body: decoder.body(reader, header.signature) };
    messages.push(message);
    onMessage(message);
  });
  let lines = '';
  let begun = false;
  socket.on('data', (chunk) => {
    if (begun) return inbox.push(chunk, chunk.length);
    const before = lines;
    lines += chunk.toString('latin1');
    if (LOGIN.test(lines) && !LOGIN.test(before)) socket.write(login);
    const end = lines.indexOf(BEGIN) + BEGIN.length;
    begun = end >= BEGIN.length;
    const rest = chunk.subarray(end - before.length);
    if (begun) inbox.push(rest, rest.length);
  });
  const send = (message: ReferenceMessage) => void socket.write(referenceMessage(message));
  return {
    socket,
    messages,
    send,
    answer: ({ header: { serial } }, signature = '', body = []) =>
      send({ kind: 2, fields: [[5, 'u', serial]], signature, body }),
    fail: ({ header: { serial } }, errorName, signature = '', body = []) =>
      send({
        kind: 3,
        fields: [
          [5, 'u', serial],
          [4, 's', errorName],
        ],
        signature,
        body,
      }),
  };
}
