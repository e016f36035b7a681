import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { Networks } from '../../domain/probes/settings.ts';
import { codeOf, connectionFault } from './faults.ts';
import { addPhase, type ConnectionFindings } from './findings.ts';
import { createGrowingBuffer } from './growing-buffer.ts';
import { inSlices } from './in-slices.ts';
import { type ConnectDeps, type Destination, openSocket, whereOf } from './open-socket.ts';
import type { TlsMaterial } from './secured.ts';

/** One HTTP request. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** For https. */
  readonly tls: TlsMaterial | undefined;
  readonly addresses: Networks;
  /** Of the answer's body. */
  readonly maxBytes: number;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What is found out on the way; kept where the exchange fails later on. */
export interface ExchangeFindings extends ConnectionFindings {
  httpStatus?: number;
  /** What is being done, for people. */
  stage?: string;
}

/** All headers together; Node's own 16 KiB are little for some proxies. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Answers such as 100 Continue before the real one. */
const MAX_INTERIM_ANSWERS = 16;

/** Whether the body of an answer with this status is of use. */
export type WantsBody = (status: number, headers: IncomingHttpHeaders) => boolean;

/**
 * Asks over a connection of its own, which is closed afterwards; no proxy of the environment, no agent.
 *
 * Throws ProbeFault as openSocket does, and `protocol`, `too_large` or `connection`; or the signal's reason.
 */
export async function exchangeHttp(
  asked: HttpRequest,
  wantsBody: WantsBody,
  deps: ConnectDeps,
  found: ExchangeFindings,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const to = destinationOf(asked);
  found.stage = `connecting to ${whereOf(to)}`;
  // Destroys the socket, too. An answer in chunks of a byte each must not hold up all others.
  const connection = inSlices(await openSocket(to, deps, found, signal));
  try {
    return await askedOver(connection, asked, wantsBody, { deps, found, signal, where: whereOf(to) });
  } finally {
    connection.destroy();
  }
}

function destinationOf({ url, tls, addresses }: HttpRequest): Destination {
  const isSecure = url.protocol === 'https:';
  return {
    kind: 'tcp',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    addresses,
    tls: isSecure ? tls : undefined,
  };
}

interface Surroundings {
  readonly deps: ConnectDeps;
  readonly found: ExchangeFindings;
  readonly signal: AbortSignal;
  readonly where: string;
}

async function askedOver(
  connection: Duplex,
  asked: HttpRequest,
  wantsBody: WantsBody,
  { deps, found, signal, where }: Surroundings,
): Promise<HttpAnswer> {
  const sent = deps.elapsedMs();
  found.stage = `waiting for the header of the answer of ${where}`;
  const sending = send(connection, asked);
  const message = await answerOf(sending, connection, where, signal);
  const answered = deps.elapsedMs();
  addPhase(found, 'processing', (answered - sent) / 1000);
  const status = message.statusCode ?? 0;
  found.httpStatus = status;
  found.stage = `reading the body of the answer of ${where}`;
  const body = wantsBody(status, message.headers)
    ? await bodyOf(message, sending, asked.maxBytes, where, signal)
    : Buffer.alloc(0);
  addPhase(found, 'transfer', (deps.elapsedMs() - answered) / 1000);
  return { status, headers: message.headers, body };
}

/** A request on its way, and the first thing that went wrong with it, be anybody listening or not. */
interface Sending {
  readonly sending: ClientRequest;
  readonly firstError: () => Error | undefined;
}

function send(connection: Duplex, { url, method, headers, body }: HttpRequest): Sending {
  const sending = request({
    // Instead of an agent, and of all that an agent reads from the environment.
    createConnection: () => connection,
    method,
    path: `${url.pathname}${url.search}`,
    headers: { Host: url.host, ...headers },
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  let first: Error | undefined;
  // Also of a body that comes together with its header, and so before anybody could listen.
  sending.on('error', (error) => {
    first ??= error;
  });
  sending.end(body);
  return { sending, firstError: () => first };
}

function answerOf(
  { sending }: Sending,
  connection: Duplex,
  where: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let interim = 0;
    const fail = (thrown: unknown) => reject(signal.aborted ? signal.reason : httpFault(thrown, where));
    const onClose = () => fail(new Error('it was closed before the header of the answer'));
    sending.once('response', (message) => {
      connection.off('close', onClose);
      resolve(message);
    });
    sending.on('information', () => {
      interim += 1;
      if (interim > MAX_INTERIM_ANSWERS) fail(new ProbeFault('protocol', `${where} answers 1xx without end`));
    });
    sending.once('upgrade', () => fail(new ProbeFault('protocol', `${where} switches to another protocol`)));
    sending.once('error', fail);
    connection.once('close', onClose);
  });
}

/** Never holds more than was allowed, and stops the sender there. */
function bodyOf(
  message: IncomingMessage,
  { sending, firstError }: Sending,
  maxBytes: number,
  where: string,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const body = createGrowingBuffer();
    const fail = (thrown: unknown) => {
      reject(signal.aborted ? signal.reason : httpFault(firstError() ?? thrown, where));
      sending.destroy();
    };
    const tooLarge = () =>
      fail(
        new ProbeFault('too_large', `the answer of ${where} is longer than ${maxBytes} bytes (max_bytes)`),
      );
    const cut = new Error('it was closed in the middle of the answer');
    // It may have broken together with its header, before anybody could listen.
    if (message.destroyed) return fail(cut);
    // What is said to come need not be waited for; a HEAD says it of a body that does not come.
    if (sending.method !== 'HEAD' && Number(message.headers['content-length']) > maxBytes) return tooLarge();
    message.on('data', (part: Buffer) => {
      if (body.length + part.length > maxBytes) tooLarge();
      else body.add(part);
    });
    sending.once('error', fail);
    message.once('error', fail);
    const onClose = () => fail(cut);
    message.once('end', () => {
      message.off('close', onClose);
      resolve(body.bytes());
    });
    message.once('close', onClose);
  });
}

function httpFault(thrown: unknown, where: string): ProbeFault {
  const code = codeOf(thrown);
  if (thrown instanceof ProbeFault || !code?.startsWith('HPE_')) return connectionFault(thrown, where);
  if (code === 'HPE_HEADER_OVERFLOW') {
    const limit = `${MAX_HEADER_BYTES} bytes`;
    return new ProbeFault('too_large', `the header of the answer of ${where} is longer than ${limit}`);
  }
  return new ProbeFault('protocol', `${where} does not answer in HTTP (${code})`, { cause: thrown });
}
