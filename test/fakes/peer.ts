import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { pem } from './pem.ts';

/** The other side of connections, on 127.0.0.1, for as long as the running test. */
export interface Peer {
  readonly port: number;
  /** All that it was sent, by all. */
  heard(): string;
  /** Connections so far. */
  connections(): number;
  /** Names on the certificates that it was shown, one a connection that showed one. */
  shown(): readonly string[];
  /** Bytes that it got rid of so far. */
  bytesSent(): number;
}

/** What a peer does with a connection, and with what it is sent. */
export type Behaviour = (socket: Socket, heard: string) => void;

/** Starts a peer; `certificate` is one of test/fakes/tls, such as `server`. `hear` is called whenever something came. */
export async function startPeer(
  { meet, hear }: { readonly meet?: (socket: Socket) => void; readonly hear?: Behaviour },
  certificate?: string,
): Promise<Peer> {
  let all = '';
  let connections = 0;
  const sockets = new Set<Socket>();
  const shown: string[] = [];
  let sentByGone = 0;
  const accept = (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    let own = '';
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      sentByGone += socket.bytesWritten;
    });
    socket.on('data', (part) => {
      all += part.toString('latin1');
      own += part.toString('latin1');
      hear?.(socket, own);
    });
    const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : undefined;
    if (subject !== undefined) shown.push(String(subject.CN));
    meet?.(socket);
  };
  const server: Server =
    certificate === undefined
      ? createServer(accept)
      : createTlsServer(
          {
            cert: pem(`${certificate}.crt`),
            key: pem(`${certificate}.key`),
            requestCert: true,
            rejectUnauthorized: false,
          },
          accept,
        );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return {
    port: portOf(server),
    heard: () => all,
    connections: () => connections,
    shown: () => shown,
    bytesSent: () => sentByGone + [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen on a port');
  return address.port;
}

/** A peer that answers each HTTP request, once its header has come, with these bytes, and closes. */
export function startHttpPeer(answer: string | Behaviour, certificate?: string): Promise<Peer> {
  return startPeer(
    {
      hear(socket, heard) {
        if (!heard.includes('\r\n\r\n')) return;
        if (typeof answer === 'string') socket.end(answer);
        else answer(socket, heard);
      },
    },
    certificate,
  );
}

/** An answer in HTTP with a body. */
export function httpAnswer(body: string, status = '200 OK', headers: readonly string[] = []): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return [`HTTP/1.1 ${status}`, length, ...headers, '', body].join('\r\n');
}
