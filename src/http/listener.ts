import { createServer, type RequestListener, type Server } from 'node:http';
import { hostPort } from '../domain/address.ts';
import { Failure } from '../domain/errors.ts';
import { type Connections, keepConnections } from './connections.ts';
import type { ListenerSecurity } from './web-config/web-security.ts';

/** A listener that is listening. */
export interface Listener {
  /** As in `127.0.0.1:10558`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Where to listen. Port 0 takes any free one. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
}

/** Nobody may hold a connection open by sending slowly, or hold many. */
const LIMITS = {
  handshakeTimeoutMs: 5000,
  headersTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  idleMs: 30_000,
  /** Beyond this, a new one takes the place of the one that has waited for its client for longest. */
  connections: 256,
  /** Beyond this, a new one is turned away: it came together with too many others. */
  connectionsAtOnce: 1024,
};

/** How often Node looks whether a limit has passed; its own 30 s would make 35 s of 5. */
const LIMITS_CHECKED_MS = 1000;

/** How long open requests may go on after `close`. */
const CLOSE_LIMIT_MS = 2000;

/** Plain HTTP, for everybody. */
const OPEN: ListenerSecurity = { createServer };

/**
 * Starts to listen, secured as `security` says, by default not at all.
 *
 * Throws Failure `refused` if the address is taken or not ours.
 */
export async function listen(
  application: RequestListener,
  { host, port }: ListenOptions,
  security: ListenerSecurity = OPEN,
): Promise<Listener> {
  const server = security.createServer(
    { connectionsCheckingInterval: LIMITS_CHECKED_MS, handshakeTimeout: LIMITS.handshakeTimeoutMs },
    application,
  );
  server.headersTimeout = LIMITS.headersTimeoutMs;
  server.requestTimeout = LIMITS.requestTimeoutMs;
  server.timeout = LIMITS.idleMs;
  server.maxConnections = LIMITS.connectionsAtOnce;
  const connections = keepConnections(server, LIMITS.connections);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new Failure('refused', `listening on ${hostPort(host, port)}: ${error.message}`)),
    );
    server.listen({ host, port }, resolve);
  });
  return { address: addressOf(server), close: () => close(server, connections) };
}

function addressOf(server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) return '';
  return hostPort(address.address, address.port);
}

async function close(server: Server, connections: Connections): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => connections.destroy(), CLOSE_LIMIT_MS);
  await closed;
  clearTimeout(timer);
}
