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
  return (request) =>
    tokenCheck() !== undefined &&
    isNotification(request) &&
    /^Bearer /i.test(request.headers.authorization ?? '');
}

/** Whether a request brings a notification, whoever it is from. */
export function isNotification({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && url.replace(/\?.*$/s, '') === WEBHOOK;
}
