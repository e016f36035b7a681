import { get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as getSecured } from 'node:https';
import { createServer } from 'node:net';

/**
 * Who has a port: nobody; a fettle; somebody who lets nobody in without a password or a certificate, and may be a
 * fettle; or somebody else. `refused` is a port that nobody has and this user cannot get, as in `EACCES`.
 */
export type PortOwner =
  | { readonly kind: 'nobody' | 'fettle' | 'guarded' | 'other' }
  | { readonly kind: 'refused'; readonly error: string };

/** Where a listener is to be. */
export interface PortPlace {
  readonly host: string;
  readonly port: number;
}

/** What a fettle answers at `/-/healthy`. */
const HEALTHY = 'fettle is healthy';

const ANSWER_BYTES = 1024;

/** Finds out who has a port: by taking it for a moment, and by asking who has it. Who is silent is somebody else. */
export async function portOwner(place: PortPlace, limitMs: number): Promise<PortOwner> {
  const error = await listenError(place);
  if (error === undefined) return { kind: 'nobody' };
  if (error !== 'EADDRINUSE') return { kind: 'refused', error };
  const plain = await ask(getPlain, place, limitMs);
  if (plain === 'fettle' || plain === 'guarded') return { kind: plain };
  // One that speaks TLS ends such a connection, or answers that it does.
  return { kind: await ask(getSecured, place, limitMs) };
}

/** Why nobody can listen there now; undefined if one can. */
function listenError({ host, port }: PortPlace): Promise<string | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
}

type Get = (
  options: RequestOptions,
  onResponse: (response: IncomingMessage) => void,
) => ReturnType<typeof getPlain>;

function ask(get: Get, { host, port }: PortPlace, limitMs: number): Promise<'fettle' | 'guarded' | 'other'> {
  // Nothing secret is sent, so whoever it is need not prove it.
  const unproven = { rejectUnauthorized: false };
  const options = { host: reachable(host), port, path: '/-/healthy', agent: false, ...unproven };
  return new Promise((resolve) => {
    const settle = (kind: 'fettle' | 'guarded' | 'other') => {
      clearTimeout(timer);
      request.destroy();
      resolve(kind);
    };
    const request = get(options, (response) => {
      if (response.statusCode === 401 || response.statusCode === 403) return settle('guarded');
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.startsWith(HEALTHY)) settle('fettle');
        else if (text.length > ANSWER_BYTES) settle('other');
      });
      response.once('error', () => settle('other')).once('end', () => settle('other'));
    });
    const timer = setTimeout(() => settle('other'), limitMs);
    request.on('error', (error) => settle(wantsCertificate(error) ? 'guarded' : 'other'));
  });
}

function wantsCertificate(error: Error): boolean {
  return 'code' in error && /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/.test(String(error.code));
}

/** A listener on all addresses is one on this machine's own. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
