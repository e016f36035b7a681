import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { clientRefusal } from './client-certificate.ts';
import type { LiveSettings } from './live-settings.ts';
import { handshakeFailure, type Refusals } from './refusals.ts';
import type { WebSettings } from './settings.ts';

/**
 * A server that speaks TLS as its settings say, each new connection as they say then.
 *
 * Clients that show no certificate, or none that will do, are cut off before the first request.
 */
export function createTlsServer(
  options: ServerOptions,
  application: RequestListener,
  live: LiveSettings,
  refusals: Refusals,
): Server {
  const server = createServer({ ...options, ...serverOptions(live.current()) }, application);
  // Before Node's own listener, which begins the handshake: this very connection gets the new certificate.
  server.prependListener('connection', () => live.current());
  server.prependListener('secureConnection', (socket) => {
    const { tls } = live.current().config;
    const identity = { certificate: socket.getPeerX509Certificate(), verified: socket.authorized };
    const refusal = tls === undefined ? 'TLS is off' : clientRefusal(tls, identity);
    if (refusal === undefined) return;
    refusals.note(refusal);
    socket.destroy();
  });
  server.on('tlsClientError', (error, socket) => {
    const reason = handshakeFailure(error, socket);
    if (reason !== undefined) refusals.note(reason);
  });
  const unfollow = live.follow(({ context }) => {
    if (context !== undefined) server.setSecureContext(context);
  });
  server.once('close', unfollow);
  return server;
}

function serverOptions({ config, context }: WebSettings): ServerOptions {
  const asked = config.tls?.clientAuth ?? 'NoClientCert';
  return {
    ...context,
    requestCert: asked !== 'NoClientCert',
    // The two types between are judged once the handshake is over: OpenSSL knows no such thing.
    rejectUnauthorized: asked === 'RequireAndVerifyClientCert',
  };
}
