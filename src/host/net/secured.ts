import type { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { messageOf } from '../../domain/errors.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import { codeOf } from './faults.ts';
import type { ConnectionFindings } from './findings.ts';

/** What a secure connection is made with. */
export interface TlsMaterial {
  /** Authorities to trust, and a certificate of one's own. */
  readonly context: SecureContext;
  /** The name that the certificate must have; undefined: that of the host. */
  readonly serverName: string | undefined;
  /** Whether any certificate will do. */
  readonly insecure: boolean;
}

/**
 * Makes a connection secure and judges the certificate of the other side.
 *
 * Node is told to accept any, so that what is wrong with it, and when it ends, can be told; nothing but the handshake
 * has been sent when it is judged. Throws ProbeFault `tls` or `certificate`.
 */
export async function secured(
  plain: Socket,
  host: string,
  where: string,
  { context, serverName, insecure }: TlsMaterial,
  found: ConnectionFindings,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const socket = await handshake(plain, serverName ?? host, where, context, signal);
  const expiry = earliestEnd(socket.getPeerX509Certificate());
  if (expiry !== undefined) {
    found.certificateExpirySeconds = Math.min(expiry, found.certificateExpirySeconds ?? expiry);
  }
  if (socket.authorized || insecure) return socket;
  socket.destroy();
  const why = messageOf(socket.authorizationError ?? 'for no reason that is known');
  throw new ProbeFault('certificate', certificateWords(where, why, serverName ?? host, expiry));
}

function handshake(
  plain: Socket,
  name: string,
  where: string,
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      socket: plain,
      secureContext,
      rejectUnauthorized: false,
      host: name,
      // An address has no place in the greeting (RFC 6066), but is looked for in the certificate all the same.
      ...(isIP(name) === 0 ? { servername: name } : {}),
    });
    const onFailure = (thrown: unknown) => {
      plain.destroy();
      reject(signal.aborted ? signal.reason : tlsFault(thrown, where));
    };
    const onClose = () => onFailure(new Error('it was closed'));
    // Stays: an error later on, when nobody listens any more, must not end fettle.
    socket.on('error', onFailure);
    socket.once('close', onClose);
    plain.once('close', onClose);
    socket.once('secureConnect', () => {
      socket.off('close', onClose);
      plain.off('close', onClose);
      resolve(socket);
    });
  });
}

function tlsFault(thrown: unknown, where: string): ProbeFault {
  const code = codeOf(thrown);
  const hint = code === 'ERR_SSL_WRONG_VERSION_NUMBER' ? '; what listens there may not speak TLS at all' : '';
  return new ProbeFault('tls', `no secure connection to ${where}: ${code ?? messageOf(thrown)}${hint}`, {
    cause: thrown,
  });
}

function certificateWords(where: string, why: string, name: string, expiry: number | undefined): string {
  const until = expiry === undefined ? '' : `; it ends ${new Date(expiry * 1000).toISOString()}`;
  return `the certificate of ${where} is not to be trusted as that of ${name}: ${WORDS.get(why) ?? why}${until}`;
}

const UNKNOWN_ISSUER = 'its issuer is not known here; name it with tls.ca_file';

const WORDS = new Map([
  ['CERT_HAS_EXPIRED', 'it has expired'],
  ['CERT_NOT_YET_VALID', 'it is not valid yet; see whether the clocks are right'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it is signed by itself; name it with tls.ca_file to trust it'],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_ISSUER],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_ISSUER],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_ISSUER],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', `${UNKNOWN_ISSUER}, or have the server send the whole chain`],
  ['INVALID_PURPOSE', 'it is for another purpose than that of a server'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'it is for other names; tls.server_name says which one to expect'],
]);

/** More certificates than that are no chain. */
const LONGEST_CHAIN = 20;

/** Unix seconds at which the first certificate of a chain ends. */
function earliestEnd(leaf: X509Certificate | undefined): number | undefined {
  const ends: number[] = [];
  let one = leaf;
  for (let length = 0; one !== undefined && length < LONGEST_CHAIN; length += 1) {
    ends.push(Date.parse(one.validTo) / 1000);
    one = one.issuerCertificate;
  }
  const known = ends.filter(Number.isFinite);
  return known.length === 0 ? undefined : Math.min(...known);
}
