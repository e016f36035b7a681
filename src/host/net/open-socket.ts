import { createConnection, type Socket } from 'node:net';
import { hostPort } from '../../domain/address.ts';
import type { ProbePhase } from '../../domain/probe.ts';
import type { Networks } from '../../domain/probes/settings.ts';
import { connectionFault } from './faults.ts';
import { addPhase, type ConnectionFindings } from './findings.ts';
import { type Address, allowedAddresses, type Resolve } from './resolver.ts';
import { secured, type TlsMaterial } from './secured.ts';

/** Whereto to connect. */
export type Destination =
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      /** Where the host's name may lead; left out: anywhere. */
      readonly addresses?: Networks;
      /** Left out: no TLS. */
      readonly tls?: TlsMaterial | undefined;
    }
  | { readonly kind: 'unix'; readonly path: string };

/** What connecting needs. */
export interface ConnectDeps {
  readonly resolve: Resolve;
  /** Milliseconds. */
  readonly elapsedMs: () => number;
}

/** A destination for people. */
export function whereOf(to: Destination): string {
  return to.kind === 'unix' ? to.path : hostPort(to.host, to.port);
}

/**
 * Connects, and has certificates judged, before a byte of the question is sent.
 *
 * Throws ProbeFault (`address`, `refused`, `timeout`, `connection`, `tls`, `certificate`), or the signal's reason. A
 * signal that comes later destroys the socket; so should whoever is done with it.
 */
export async function openSocket(
  to: Destination,
  { resolve, elapsedMs }: ConnectDeps,
  found: ConnectionFindings,
  signal: AbortSignal,
): Promise<Socket> {
  let since = elapsedMs();
  const lap = (phase: ProbePhase) => {
    const now = elapsedMs();
    addPhase(found, phase, (now - since) / 1000);
    since = now;
  };
  if (to.kind === 'unix') {
    const socket = await connected(createConnection({ path: to.path }), to.path, signal);
    lap('connect');
    return socket;
  }
  const addresses = await abortable(allowedAddresses(to.host, to.addresses, resolve), signal);
  lap('resolve');
  const where = whereOf(to);
  const plain = await connected(createConnection(tcpOptions(to, addresses)), where, signal);
  lap('connect');
  if (to.tls === undefined) return plain;
  const socket = await secured(plain, to.host, where, to.tls, found, signal);
  lap('tls');
  return socket;
}

/** All addresses are tried, one soon after the other (RFC 8305); a single one takes less ado. */
function tcpOptions(
  { host, port }: { readonly host: string; readonly port: number },
  addresses: readonly Address[],
) {
  const [only, ...others] = addresses;
  if (only !== undefined && others.length === 0) return { host: only.address, port };
  return {
    host,
    port,
    autoSelectFamily: true,
    lookup: (
      _host: string,
      options: { readonly all?: boolean | undefined },
      done: (error: null, address: string | Address[], family?: number) => void,
    ) => {
      const [first] = addresses;
      if (options.all || first === undefined) done(null, [...addresses]);
      else done(null, first.address, first.family);
    },
  };
}

function connected(socket: Socket, where: string, signal: AbortSignal): Promise<Socket> {
  destroyOnAbort(socket, signal);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(signal.aborted ? signal.reason : connectionFault(error, where));
    const onClose = () => fail(new Error('it was closed'));
    // Stays: an error later on, when nobody listens any more, must not end fettle.
    socket.on('error', fail);
    socket.once('close', onClose);
    socket.once('connect', () => {
      socket.off('close', onClose);
      resolve(socket);
    });
  });
}

function destroyOnAbort(socket: Socket, signal: AbortSignal): void {
  const onAbort = () => socket.destroy();
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', onAbort));
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
