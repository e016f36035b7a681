import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Lab } from '../lab/lab.ts';

/** A place between a program of a lab and the lab's bus: all that goes to the bus is noted, and can be held. */
export interface BusSpy {
  /** Its address, within the lab and outside. */
  readonly address: string;
  /** All that was sent to the bus so far, as Latin-1. */
  asked(): string;
  readonly connections: number;
  /** Holds back the next piece with this text, and what comes after it, until it is let go. */
  hold(text: string): { readonly held: Promise<void>; letGo(): void };
  close(): void;
}

/** Opens one in the folder that the lab shares with its host. */
export async function spyOnBus(lab: Lab, name: string): Promise<BusSpy> {
  const path = join(lab.dir, `${name}.bus`);
  const bus = `${lab.root}/run/dbus/system_bus_socket`;
  const sockets = new Set<Socket>();
  let noted = '';
  let connections = 0;
  let gate: { readonly text: string; readonly free: Promise<void>; readonly reached: () => void } | undefined;

  const server = createServer((client) => {
    connections++;
    const behind = connect(bus);
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('close', () => behind.destroy());
    behind.on('close', () => client.destroy());
    behind.pipe(client);
    // One piece after the other: what comes after one that is held waits, too.
    let last = Promise.resolve();
    client.on('data', (bytes: Buffer) => {
      last = last.then(async () => {
        const text = bytes.toString('latin1');
        if (gate !== undefined && text.includes(gate.text)) {
          const { free, reached } = gate;
          gate = undefined;
          reached();
          await free;
        }
        noted += text;
        behind.write(bytes);
      });
    });
  }).listen(path);
  await once(server, 'listening');

  return {
    address: `unix:path=${path}`,
    asked: () => noted,
    get connections() {
      return connections;
    },
    hold(text) {
      let letGo = () => {};
      let reached = () => {};
      const free = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const held = new Promise<void>((resolve) => {
        reached = resolve;
      });
      gate = { text, free, reached };
      return { held, letGo };
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
