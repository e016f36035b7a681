import express, { type ErrorRequestHandler, type Express } from 'express';
import { messageOf } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Scrape } from '../metrics/scrape.ts';
import { type LandingPage, landingPage } from './landing-page.ts';
import { createMetricsRoute } from './metrics-route.ts';

/** What both listeners answer. */
export interface CommonRoutes {
  readonly landing: LandingPage;
  /** The page of metrics. */
  readonly metrics: Scrape;
  /** Why this half is not ready, or undefined once it is. */
  readonly unready: () => string | undefined;
}

/** An application with `/`, `/metrics`, `/-/healthy` and `/-/ready`. */
export function createRoutes({ landing, metrics, unready }: CommonRoutes): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/', (_request, response) => {
    response.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
    response.type('html').send(landingPage(landing));
  });
  app.get('/metrics', createMetricsRoute(metrics));
  app.get('/-/healthy', (_request, response) => {
    response.type('text').send('fettle is healthy.\n');
  });
  app.get('/-/ready', (_request, response) => {
    const reason = unready();
    response.status(reason === undefined ? 200 : 503);
    response
      .type('text')
      .send(reason === undefined ? 'fettle is ready.\n' : `fettle is not ready: ${reason}\n`);
  });
  return app;
}

/** Ends an application: everything else is not found, and nobody sees a stack trace. */
export function finishRoutes(app: Express, log: Log): Express {
  app.use((request, response) => {
    response.status(404).json({ error: `there is no ${request.method} ${request.path} here` });
  });
  const failed: ErrorRequestHandler = (thrown: unknown, request, response, _next) => {
    log.error({ path: request.path, err: messageOf(thrown) }, 'request could not be answered');
    response.status(500).json({ error: 'fettle could not answer; its log says why' });
  };
  app.use(failed);
  return app;
}
