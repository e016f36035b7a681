import { connect } from 'node:net';

/** Clients that begin requests and never come to an end. */
export interface SlowClients {
  /** Resolves once each of them has sent something, or was turned away. */
  readonly begun: Promise<unknown>;
  /** How many were answered with 200. */
  answered(): number;
  stop(): void;
}

const HEAD = 'POST /api/v1/webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

/** How far each of them comes at first: into the first line, into the headers, into the body. */
const BEGINNINGS = ['PO', HEAD, `${HEAD}Content-Length: 100000\r\n\r\n{"version":`];

/** Opens so many, and one more for each that is closed; each sends a byte a second. */
export function slowClients(
  at: { readonly host: string; readonly port: number },
  count: number,
): SlowClients {
  const sockets = new Set<ReturnType<typeof connect>>();
  let isOver = false;
  let answered = 0;

  function open(index: number): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(at, () => {
        socket.write(BEGINNINGS[index % BEGINNINGS.length] ?? '');
        setImmediate(resolve);
      });
      sockets.add(socket);
      socket.on('data', (bytes) => {
        if (bytes.includes(' 200 ')) answered++;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        resolve();
        // Not at once, lest it be this process that is held up.
        if (!isOver) setTimeout(() => isOver || open(index), 100);
      });
    });
  }

  const begun = Promise.all(Array.from({ length: count }, (_, index) => open(index)));
  const drip = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('X');
  }, 1000);
  return {
    begun,
    answered: () => answered,
    stop() {
      isOver = true;
      clearInterval(drip);
      for (const socket of sockets) socket.destroy();
    },
  };
}
