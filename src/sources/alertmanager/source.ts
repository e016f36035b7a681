import type { Alert } from '../../domain/alert.ts';
import type { AlertState } from '../../domain/circumstances.ts';
import { Failure } from '../../domain/errors.ts';
import type { AlertmanagerPlace } from '../../domain/policy.ts';
import type { ReadSecret } from '../../host/files/secret-file.ts';
import { exchangeHttp, type HttpAnswer } from '../../host/net/http-exchange.ts';
import type { ConnectDeps } from '../../host/net/open-socket.ts';
import type { TlsContexts } from '../../host/net/tls-contexts.ts';
import { createTlsFiles } from '../../host/net/tls-files.ts';
import { alertQuery } from './filters.ts';
import { parseAlertState } from './parse.ts';

/** What asking takes; `createProbeDeps` has all of it. */
export interface AlertmanagerDeps extends ConnectDeps {
  readonly readSecret: ReadSecret;
  readonly tlsContexts: TlsContexts;
}

/** Of the answer's body. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Asks Alertmanager what it knows of one alert now.
 *
 * Over a connection of its own, without a proxy, and no redirect is followed: the token goes nowhere else. Throws
 * Failure or ProbeFault with a sentence for people, or the signal's reason; the limit of time is the caller's.
 */
export async function readAlertState(
  place: AlertmanagerPlace,
  alert: Pick<Alert, 'labels' | 'fingerprint'>,
  deps: AlertmanagerDeps,
  signal: AbortSignal,
): Promise<AlertState> {
  const url = alertsUrl(place.url, alert.labels);
  const asked = {
    url,
    method: 'GET',
    headers: { 'User-Agent': 'fettle', Accept: 'application/json', ...(await tokenHeader(place, deps)) },
    body: undefined,
    tls: url.protocol === 'https:' ? await createTlsFiles({ insecure: false }, deps)() : undefined,
    addresses: undefined,
    maxBytes: MAX_BYTES,
  };
  const answer = await exchangeHttp(asked, (status) => status === 200, deps, {}, signal);
  if (answer.status !== 200) throw unwelcome(place, answer);
  const state = parseAlertState(answer.body.toString('utf8'), alert.fingerprint);
  if (state !== undefined) return state;
  throw new Failure(
    'unreadable',
    `Alertmanager at ${place.url} gives no list of alerts; is it one, of 0.16 or later?`,
  );
}

function alertsUrl(base: string, labels: ReadonlyMap<string, string>): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v2/alerts`;
  url.search = alertQuery(labels);
  url.hash = '';
  return url;
}

async function tokenHeader(
  { bearerTokenFile }: AlertmanagerPlace,
  { readSecret }: AlertmanagerDeps,
): Promise<Readonly<Record<string, string>>> {
  if (bearerTokenFile === undefined) return {};
  const token = (await readSecret(bearerTokenFile)).trim();
  if (/^[\x21-\x7e]+$/.test(token)) return { Authorization: `Bearer ${token}` };
  throw new Failure('unreadable', `${bearerTokenFile}: expected one bearer token and nothing else`);
}

function unwelcome({ url, bearerTokenFile }: AlertmanagerPlace, { status }: HttpAnswer): Failure {
  const isRefused = status === 401 || status === 403;
  const token =
    bearerTokenFile === undefined ? 'a bearer_token_file is needed' : `see the token in ${bearerTokenFile}`;
  const mend = isRefused ? `; ${token}` : status >= 300 && status < 400 ? '; redirects are not followed' : '';
  return new Failure(
    isRefused ? 'refused' : 'unreachable',
    `Alertmanager at ${url} answers ${status}${mend}`,
  );
}
