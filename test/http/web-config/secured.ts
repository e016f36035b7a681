import type { IncomingMessage, RequestListener } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { compare } from 'bcrypt';
import { onTestFinished } from 'vitest';
import { formatProblem } from '../../../src/config/explain.ts';
import { loadWebConfig } from '../../../src/config/web-config.ts';
import { fileStamp, readSnapshot } from '../../../src/host/files/file-snapshot.ts';
import { type Listener, listen } from '../../../src/http/listener.ts';
import type { ComparePassword } from '../../../src/http/web-config/user-check.ts';
import {
  type OpenedWebSecurity,
  openWebSecurity,
  type WebSecurity,
} from '../../../src/http/web-config/web-security.ts';
import { pem } from '../../fakes/pem.ts';
import { type LogLine, recordedLog } from '../../fakes/recorded-log.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

/** A clock that stands until it is moved. */
export interface HandClock {
  ms: number;
}

/** A web configuration in a folder of its own, beside the certificates of test/fakes/tls. */
export interface WebFolder {
  readonly folder: string;
  readonly file: string;
  readonly clock: HandClock;
  readonly lines: readonly LogLine[];
  readonly opened: OpenedWebSecurity;
}

const CERTIFICATES = [
  ...['ca.crt', 'issuing.crt', 'server.crt', 'server.key', 'renewed.crt', 'renewed.key'],
  ...['client.crt', 'client.key', 'stranger.crt'],
];

/** Opens a web configuration as fettle does, on real files. */
export function openedWeb(
  webConfig: string,
  comparePassword: ComparePassword = compare,
  name = 'web.yml',
): WebFolder {
  const certificates = Object.fromEntries(CERTIFICATES.map((name) => [name, pem(name)]));
  const folder = tempFolder({ ...certificates, 'web.yml': webConfig });
  const file = `${folder}/${name}`;
  const clock = { ms: 0 };
  const { log, lines } = recordedLog();
  const opened = openWebSecurity({
    file,
    files: { read: readSnapshot, stamp: fileStamp },
    parse(written) {
      const loaded = loadWebConfig(written);
      if (loaded.ok) return loaded;
      return { ok: false, problems: loaded.problems.map((problem) => formatProblem(file, problem)) };
    },
    compare: comparePassword,
    elapsedMs: () => clock.ms,
    log,
  });
  return { folder, file, clock, lines, opened };
}

/** What is special about a listener under test. */
export interface SecuredOptions {
  readonly compare?: ComparePassword;
  readonly application?: RequestListener;
  readonly exempt?: (request: IncomingMessage) => boolean;
}

/** A listener that is secured by a web configuration while the running test lasts. */
export interface Secured extends WebFolder {
  readonly security: WebSecurity;
  readonly listener: Listener;
  readonly port: number;
  /** Asks over TLS, trusting ca.crt, on a connection of its own. */
  readonly ask: (options?: AskOptions) => Promise<Answer>;
}

/** Listens on the loopback device. Throws with the problems of the configuration. */
export async function secured(
  webConfig: string,
  { compare: comparePassword, application = here, exempt }: SecuredOptions = {},
): Promise<Secured> {
  const web = openedWeb(webConfig, comparePassword);
  if (!web.opened.ok) throw new Error(web.opened.problems.join('\n'));
  const { security } = web.opened;
  const listener = await listen(application, { host: '127.0.0.1', port: 0 }, security.listener(exempt));
  onTestFinished(() => listener.close());
  const port = Number(listener.address.split(':')[1]);
  return { ...web, security, listener, port, ask: (options) => ask({ port, ...options }) };
}

const here: RequestListener = (_request, response) => {
  response.end('here');
};

/** What is asked, and how TLS is spoken. */
export type AskOptions = RequestOptions & Pick<ConnectionOptions, 'session'>;

/** An answer, and the TLS it came over. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly serverSerial: string | undefined;
  readonly protocol: string | null;
  readonly cipher: string;
  readonly session: Buffer | undefined;
  readonly resumed: boolean;
  /** Tells connections apart. */
  readonly clientPort: number | undefined;
}

function ask(options: AskOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const usual = { host: '127.0.0.1', ca: pem('ca.crt'), agent: false };
    const sent = request({ ...usual, ...options }, (response) => {
      answerOf(response).then(resolve, reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  // https gives nothing else here.
  const socket = response.socket as TLSSocket;
  const tls = {
    serverSerial: socket.getPeerX509Certificate()?.serialNumber,
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().name,
    session: socket.getSession(),
    resumed: socket.isSessionReused(),
    clientPort: socket.localPort,
  };
  return { status: response.statusCode, headers: response.headers, body: await text(response), ...tls };
}

/** The header of a name and password. */
export function basic(user: string, password: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** A configuration that speaks TLS, with more keys of `tls_server_config`, each a line. */
export function withTls(...keys: readonly string[]): string {
  const lines = ['cert_file: server.crt', 'key_file: server.key', ...keys];
  return `tls_server_config:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
