import type { IncomingMessage } from 'node:http';
import type { TokenCheck } from '../auth.ts';

const WEBHOOK = '/api/v1/webhook';

/**
 * Which requests the webhook's own token check decides about: those that bring a bearer token to it, if there
 * is such a check.
 *
 * One header carries either a token or a password, never both. Path and method must be exactly the webhook's:
 * whatever is only similar is asked for a password.
 */
export function bearerForWebhook(
  tokenCheck: () => TokenCheck | undefined,
): (request: IncomingMessage) => boolean {
  return ({ method, url = '', headers }) =>
    tokenCheck() !== undefined &&
    method === 'POST' &&
    url.replace(/\?.*$/s, '') === WEBHOOK &&
    /^Bearer /i.test(headers.authorization ?? '');
}
