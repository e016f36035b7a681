import { describe, expect, it } from 'vitest';
import { createExporterApp, type ExporterRoutes } from '../../src/http/exporter.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { scrapeOf } from './scrape-of.ts';
import { serving } from './serving.ts';

/** An exporter that is ready; what matters to a test is given. */
function exporter(given: Partial<ExporterRoutes> = {}): Promise<string> {
  return serving(
    createExporterApp({
      version: '1.2.3',
      metrics: scrapeOf('a_metric{name="Grüße"} 1\n'),
      unready: () => undefined,
      log: recordedLog().log,
      ...given,
    }),
  );
}

describe('the exporter', () => {
  it('gives the page of metrics in the text format', async () => {
    const reply = await fetch(`${await exporter()}/metrics`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await reply.text()).toBe('a_metric{name="Grüße"} 1\n');
  });

  it('makes the page anew for every scrape', async () => {
    let scrapes = 0;
    const base = await exporter({ metrics: scrapeOf(() => `scrapes ${++scrapes}\n`) });
    await (await fetch(`${base}/metrics`)).text();
    expect(await (await fetch(`${base}/metrics`)).text()).toBe('scrapes 2\n');
  });

  it('answers a scrape that failed with 500, and keeps the trace for itself', async () => {
    const { log, lines } = recordedLog();
    const metrics = scrapeOf(() => {
      throw new Error('registry broken at /opt/fettle');
    });
    const reply = await fetch(`${await exporter({ metrics, log })}/metrics`);
    expect(reply.status).toBe(500);
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await reply.json()).toEqual({ error: 'fettle could not answer; its log says why' });
    expect(lines).toEqual([
      {
        level: 'error',
        fields: { path: '/metrics', err: 'registry broken at /opt/fettle' },
        message: 'request could not be answered',
      },
    ]);
  });

  it('is a page for people at /, with a link to every other', async () => {
    const base = await exporter();
    const reply = await fetch(`${base}/`);
    const html = await reply.text();
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).toContain('version 1.2.3');
    const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
    expect(links).toEqual(['/metrics', '/-/healthy', '/-/ready']);
    for (const link of links) expect((await fetch(`${base}${link}`)).status).toBe(200);
  });

  it('is healthy as long as it answers', async () => {
    const reply = await fetch(`${await exporter({ unready: () => 'not yet' })}/-/healthy`);
    expect([reply.status, await reply.text()]).toEqual([200, 'fettle is healthy.\n']);
  });

  it('is ready once the units have been read', async () => {
    let reason: string | undefined = 'the units have not been read yet';
    const base = await exporter({ unready: () => reason });
    const before = await fetch(`${base}/-/ready`);
    expect([before.status, await before.text()]).toEqual([
      503,
      'fettle is not ready: the units have not been read yet\n',
    ]);
    reason = undefined;
    const after = await fetch(`${base}/-/ready`);
    expect([after.status, await after.text()]).toEqual([200, 'fettle is ready.\n']);
  });

  it.each([
    ['GET', '/nothing', 'there is no GET /nothing here'],
    ['GET', '/metrics/more?x=1', 'there is no GET /metrics/more here'],
    ['POST', '/metrics', 'there is no POST /metrics here'],
    ['POST', '/api/v1/webhook', 'there is no POST /api/v1/webhook here'],
    ['GET', '/%ff%00', 'there is no GET /%ff%00 here'],
  ])('answers %s %s with 404 as JSON', async (method, path, error) => {
    const reply = await fetch(`${await exporter()}${path}`, { method });
    expect(reply.status).toBe(404);
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await reply.json()).toEqual({ error });
  });

  it('does not say what it is built with', async () => {
    const { headers } = await fetch(`${await exporter()}/`);
    expect([headers.get('x-powered-by'), headers.get('server')]).toEqual([null, null]);
  });
});
