import type { Socket } from 'node:net';
import { ProbeFault } from '../../domain/probes/fault.ts';
import { connectionFault } from './faults.ts';
import type { ConnectionFindings } from './findings.ts';
import { type ConnectDeps, type Destination, openSocket, whereOf } from './open-socket.ts';

/** A connection to talk over. */
export interface Connection {
  /** Resolves when the bytes are with the kernel. Throws ProbeFault `connection`. */
  write(bytes: string | Buffer): Promise<void>;
  /**
   * What comes next; undefined once the other side has ended its part.
   *
   * Throws ProbeFault `connection`, or `too_large` if all that came is more than was allowed.
   */
  read(): Promise<Buffer | undefined>;
  /** Ends it on the spot. */
  close(): void;
}

/** Whereto, and how much may come back altogether. */
export interface ConnectionOptions {
  readonly to: Destination;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** What is found out on the way: phases, and when the certificate ends. */
  readonly found: ConnectionFindings;
}

/**
 * Opens a connection over TCP, TLS or a unix socket. `close` it in any case; the signal does so, too.
 *
 * Throws ProbeFault as openSocket does, or the signal's reason.
 */
export async function openConnection(
  { to, maxBytes, signal, found }: ConnectionOptions,
  deps: ConnectDeps,
): Promise<Connection> {
  const socket = await openSocket(to, deps, found, signal);
  return connectionOver(socket, whereOf(to), maxBytes, signal);
}

function connectionOver(socket: Socket, where: string, maxBytes: number, signal: AbortSignal): Connection {
  const fault = (thrown: unknown) => (signal.aborted ? signal.reason : connectionFault(thrown, where));
  // Reads only when asked: what nobody wants stays with the kernel, and so with the sender.
  const parts = socket.iterator({ destroyOnReturn: false });
  let left = maxBytes;
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const onClose = () => reject(fault(new Error('it was closed')));
        socket.once('close', onClose);
        socket.write(bytes, (error) => {
          socket.off('close', onClose);
          if (error) reject(fault(error));
          else resolve();
        });
      }),
    async read() {
      signal.throwIfAborted();
      const next: IteratorResult<unknown> = await parts.next().catch((thrown: unknown) => {
        throw fault(thrown);
      });
      if (signal.aborted) throw signal.reason;
      if (next.done || !Buffer.isBuffer(next.value)) return undefined;
      left -= next.value.length;
      if (left >= 0) return next.value;
      socket.destroy();
      throw new ProbeFault('too_large', `${where} sent more than ${maxBytes} bytes`);
    },
    close: () => socket.destroy(),
  };
}
