import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The open connections of a server. */
export interface Connections {
  /** Ends them all, whatever they are in the middle of. */
  destroy(): void;
}

interface Connection {
  readonly socket: Socket;
  /** The last request on it that has not been answered yet. */
  request: IncomingMessage | undefined;
}

/**
 * Keeps the connections of a server, those in the middle of a handshake included, of which HTTP does not know yet, and
 * no more of them than `limit` that wait for their client.
 *
 * Beyond that, each new one ends the one that has waited for longest: those who send slowly, or nothing, cannot keep out
 * who comes with a request. What has arrived is answered.
 */
export function keepConnections(server: Server, limit: number): Connections {
  /** In the order in which they began to wait. */
  const open = new Map<string, Connection>();
  let isDue = false;

  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    open.set(name, { socket, request: undefined });
    socket.once('close', () => {
      if (open.get(name)?.socket === socket) open.delete(name);
    });
    if (open.size > limit) makeRoomSoon();
  });

  // Over TLS this is another socket than that of the connection, from the same place.
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const name = nameOf(request.socket);
    const connection = open.get(name);
    if (connection === undefined) return;
    connection.request = request;
    response.once('close', () => {
      if (connection.request !== request || open.get(name) !== connection) return;
      connection.request = undefined;
      open.delete(name);
      open.set(name, connection);
    });
  });

  /** Not before what has arrived already has been read, which is a turn after a connection was taken. */
  function makeRoomSoon(): void {
    if (isDue) return;
    isDue = true;
    setImmediate(() => setImmediate(makeRoom));
  }

  function makeRoom(): void {
    isDue = false;
    const waiting = [...open.values()].filter(({ request }) => request?.complete !== true);
    for (const { socket } of waiting.slice(0, Math.max(0, waiting.length - limit))) socket.destroy();
  }

  return {
    destroy() {
      for (const { socket } of open.values()) socket.destroy();
    },
  };
}

/** Where it comes from; no two connections of a listener that are open come from the same place. */
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
