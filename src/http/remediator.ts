import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { messageOf } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Scrape } from '../metrics/scrape.ts';
import { parsePayload } from '../remediator/payload.ts';
import type { Remediator } from '../remediator/remediator.ts';
import type { TokenCheck } from './auth.ts';
import { createRoutes, finishRoutes } from './routes.ts';

/** What the remediator's listener needs. */
export interface RemediatorRoutes {
  readonly version: string;
  readonly metrics: Scrape;
  /** The remediator, or why there is none: then every notification is answered with 503 and comes again. */
  readonly remediator: () => Remediator | string;
  /** None: whoever can reach the listener is trusted. */
  readonly tokenCheck: () => TokenCheck | undefined;
  /** Whether a request has shown the password of a user of the web configuration; such a one needs no token. */
  readonly isUser: (request: Request) => boolean;
  readonly countWebhook: (status: number) => void;
  readonly log: Log;
}

/** 10 000 alerts are about 5 MB. */
const BODY_LIMIT = '16mb';

const REPAIRS_SHOWN = { usual: 50, most: 1000 };

/**
 * The remediator's listener: notifications in, the story of repairs out.
 *
 * Answers follow what Alertmanager does with them: 503 is sent again, 4xx is not, and a repair that fails is
 * no fault of the notification. Whether it failed is told by the ledger, never by a status.
 */
export function createRemediatorApp(routes: RemediatorRoutes): Express {
  const { version, metrics, remediator, tokenCheck, isUser, countWebhook, log } = routes;
  const unready = () => {
    const found = remediator();
    return typeof found === 'string' ? found : undefined;
  };
  const app = createRoutes({ landing: landingOf(version), metrics, unready });

  const authenticate: RequestHandler = (request, response, next) => {
    const check = tokenCheck();
    const admitted = check === undefined || isUser(request) || check(request.headers.authorization);
    if (admitted) return next();
    response.set('WWW-Authenticate', 'Bearer realm="fettle"');
    answer(response, 401, 'expected the header "Authorization: Bearer TOKEN" with a token of token_file');
  };

  const webhook: RequestHandler = async (request, response) => {
    const payload = parsePayload(request.body);
    if (!payload.ok) return answer(response, 400, payload.problem);
    if (payload.truncated > 0) {
      log.warn({ truncated: payload.truncated }, 'alerts were left out of a notification; set max_alerts: 0');
    }
    const found = remediator();
    if (typeof found === 'string') return answer(response, 503, found);
    try {
      response.status(200).json({ alerts: await found.accept(payload.alerts) });
    } catch (thrown) {
      log.error({ err: messageOf(thrown) }, 'notification could not be written down');
      answer(response, 503, 'the notification could not be written down; send it again');
    }
  };

  const repairs: RequestHandler = (request, response) => {
    const found = remediator();
    if (typeof found === 'string') return answer(response, 503, found);
    const limit = limitOf(request.query['limit']);
    if (limit === undefined) {
      return answer(response, 400, `limit: expected a number from 1 to ${REPAIRS_SHOWN.most}`);
    }
    response.json({ repairs: found.recent(limit) });
  };

  const body = express.json({ limit: BODY_LIMIT, inflate: false, type: () => true });
  app.post('/api/v1/webhook', counted(countWebhook), authenticate, onlyJson, body, badBody, webhook);
  app.get('/api/v1/repairs', authenticate, repairs);
  return finishRoutes(app, log);
}

const onlyJson: RequestHandler = (request, response, next) => {
  if (request.is('application/json')) return next();
  answer(response, 415, 'expected a body with Content-Type: application/json');
};

/** What the body's reader objects to, told without a trace: not JSON, too large, compressed. */
const badBody: ErrorRequestHandler = (thrown: unknown, _request, response, next) => {
  const status = thrown instanceof Error && 'status' in thrown ? Number(thrown.status) : 500;
  if (status >= 400 && status < 500) answer(response, status, messageOf(thrown));
  else next(thrown);
};

function counted(count: (status: number) => void): RequestHandler {
  return (_request, response, next) => {
    response.on('finish', () => count(response.statusCode));
    next();
  };
}

function limitOf(asked: unknown): number | undefined {
  if (asked === undefined) return REPAIRS_SHOWN.usual;
  const limit = Number(asked);
  return Number.isInteger(limit) && limit >= 1 && limit <= REPAIRS_SHOWN.most ? limit : undefined;
}

function answer(response: Response, status: number, error: string): void {
  response.status(status).json({ error });
}

function landingOf(version: string) {
  return {
    title: 'fettle remediator',
    text: 'Takes notifications of Alertmanager at <code>POST /api/v1/webhook</code> and repairs units.',
    version,
    links: [
      { href: '/api/v1/repairs', text: 'the last repairs and refusals (token needed where one is set)' },
      { href: '/metrics', text: 'the metrics' },
      { href: '/-/healthy', text: 'whether the process runs' },
      { href: '/-/ready', text: 'whether notifications are taken' },
    ],
  };
}
