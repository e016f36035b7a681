import type { TLSSocket } from 'node:tls';
import type { Log } from '../../domain/log.ts';

/** Tells the log why clients were refused, but not more often than a person can read. */
export interface Refusals {
  readonly note: (reason: string) => void;
}

const TOLD_EVERY_MS = 60_000;

/** The first refusal is told at once, and then at most one a minute, with the number of those in between. */
export function createRefusals(elapsedMs: () => number, log: Log): Refusals {
  let toldAt = Number.NEGATIVE_INFINITY;
  let untold = 0;
  return {
    note(reason) {
      const now = elapsedMs();
      if (now - toldAt < TOLD_EVERY_MS) {
        untold++;
        return;
      }
      log.warn({ reason, untold }, 'client refused in the TLS handshake');
      toldAt = now;
      untold = 0;
    },
  };
}

/** Why a handshake failed, in OpenSSL's or Node's word; undefined for a client that has just gone away. */
export function handshakeFailure(error: Error, socket: TLSSocket): string | undefined {
  // Node's types say Error, but it is a word such as DEPTH_ZERO_SELF_SIGNED_CERT.
  const unverified: unknown = socket.authorizationError;
  if (unverified) return `client certificate: ${String(unverified)}`;
  const code = 'code' in error ? String(error.code) : error.name;
  return code === 'ECONNRESET' ? undefined : code;
}
