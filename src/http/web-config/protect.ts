import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { WebConfig } from '../../domain/web-config.ts';
import { isNotification } from './bearer-for-webhook.ts';
import { parseCredentials } from './credentials.ts';
import type { TakeToken } from './token-bucket.ts';
import type { UserCheck, Users } from './user-check.ts';

/** What stands between a listener and its application. */
export interface Protection {
  /** The configuration of now. */
  readonly config: () => WebConfig;
  readonly takeToken: TakeToken;
  readonly checkUser: UserCheck;
  /** Called with each request that has shown the name and password of a user. */
  readonly onUser: (request: IncomingMessage) => void;
  /** Whether somebody else asks this request who it is. */
  readonly exempt: (request: IncomingMessage) => boolean;
  readonly log: Log;
}

/**
 * Puts rate limit, headers and passwords before an application, in this order, as exporter-toolkit does.
 *
 * Every path is protected, `/-/healthy` included.
 */
export function protect(application: RequestListener, protection: Protection): RequestListener {
  const { takeToken, exempt, onUser, log } = protection;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, users } = protection.config();
    if (!takeToken()) return refuseForRate(request, response);
    for (const [name, value] of headers) response.setHeader(name, value);
    if (users.size === 0 || exempt(request)) return void application(request, response);
    const verdict = await verdictOn(request, users, protection);
    // Whoever has gone meanwhile needs no answer.
    if (response.destroyed) return;
    if (verdict === 'passed') {
      onUser(request);
      return void application(request, response);
    }
    if (verdict === 'busy') {
      response.setHeader('Retry-After', '1');
      return refuse(response, 503, 'too many passwords are being checked; try again');
    }
    response.setHeader('WWW-Authenticate', 'Basic realm="fettle", charset="UTF-8"');
    refuse(response, 401, 'expected the name and password of one of basic_auth_users');
  }

  return (request, response) => {
    handle(request, response).catch((thrown: unknown) => {
      log.error({ err: messageOf(thrown) }, 'request could not be answered');
      response.destroy();
    });
  };
}

/** Alertmanager sends a notification again that is answered with 503, and drops one that is answered with 429. */
function refuseForRate(request: IncomingMessage, response: ServerResponse): void {
  const status = isNotification(request) ? 503 : 429;
  refuse(response, status, 'too many requests; rate_limit says how many there may be');
}

async function verdictOn(
  request: IncomingMessage,
  users: Users,
  { checkUser, log }: Protection,
): Promise<'passed' | 'failed' | 'busy'> {
  const credentials = parseCredentials(request.headers.authorization);
  if (credentials === undefined) return 'failed';
  try {
    const known = await checkUser(users, credentials);
    return known === 'busy' ? known : known ? 'passed' : 'failed';
  } catch (thrown) {
    log.error({ err: messageOf(thrown) }, 'password could not be checked');
    return 'busy';
  }
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify({ error }));
}
