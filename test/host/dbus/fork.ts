import { Message, MessageType, sessionBus, Variant } from 'dbus-next';
import { onTestFinished } from 'vitest';
import type { Typed } from './any-value.ts';
import { completeTypes } from './reference.ts';
import { startSmallServer } from './small-server.ts';

/** The library dbus-next, in JellyBrick's fork, at the other end of a socket, to write and to read messages. */
export interface Fork {
  /** What fettle reads where the fork has written these values. */
  passOn(typed: Typed): Promise<readonly unknown[]>;
  /** What the fork reads in the bytes of a signal. */
  read(message: Buffer): Promise<readonly unknown[]>;
}

const NAMES = { path: '/a', interface: 'a.b', member: 'C' };

/** Starts the fork for the running test. */
export async function startFork(): Promise<Fork> {
  let arrived: (body: readonly unknown[]) => void = () => undefined;
  const server = await startSmallServer({ onMessage: ({ body }) => arrived(body) });
  const bus = sessionBus({ busAddress: server.address });
  onTestFinished(() => bus.disconnect());
  await new Promise<void>((resolve) => bus.once('connect', () => resolve()));
  const next = () =>
    new Promise<readonly unknown[]>((resolve) => {
      arrived = resolve;
    });
  return {
    passOn({ signature, values }) {
      const read = next();
      const body = completeTypes(signature).map((type, index) => forFork(type, values[index]));
      bus.send(new Message({ ...NAMES, type: MessageType.SIGNAL, signature, body }));
      return read;
    },
    read(message) {
      const read = next();
      bus.once('message', ({ body }: Message) => arrived(body));
      server.clients[0]?.socket.write(message);
      return read;
    },
  };
}

/** A value as the fork takes and gives it: dictionaries as objects, variants as its own. */
export function forFork(type: string, value: unknown): unknown {
  if (type === 'v') {
    const { signature, value: inner } = Object(value);
    return new Variant(signature, forFork(signature, inner));
  }
  if (type === 'ay') return Buffer.from(Object(value));
  if (type.startsWith('a{')) {
    const [, valueType = ''] = completeTypes(type.slice(2, -1));
    const entries: [unknown, unknown][] = [...Object(value)];
    return Object.fromEntries(entries.map(([key, one]) => [String(key), forFork(valueType, one)]));
  }
  const list: unknown[] = Array.isArray(value) ? value : [];
  if (type.startsWith('a')) return list.map((one) => forFork(type.slice(1), one));
  if (!type.startsWith('(')) return value;
  return completeTypes(type.slice(1, -1)).map((member, index) => forFork(member, list[index]));
}
