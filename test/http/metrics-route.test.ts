import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { blockOf, type Collector } from '../../src/collectors/collector.ts';
import { defineMetric, sample } from '../../src/domain/metric.ts';
import { createExporterApp } from '../../src/http/exporter.ts';
import { createScrape, type Scrape } from '../../src/metrics/scrape.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { parseOpenMetrics } from '../metrics/openmetrics.ts';
import { parsePage } from '../metrics/text-format.ts';
import { serving } from './serving.ts';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const RUNS = defineMetric({
  name: 'runs_total',
  help: 'A "run".',
  type: 'counter',
  labels: ['unit'],
  source: 'test',
});

/** A collector with so many series. */
function collectorOf(name: string, series: number, collect?: Collector['collect']): Collector {
  const metric = { ...RUNS, name: `${name}_runs_total` };
  const samples = Array.from({ length: series }, (_, unit) =>
    sample(metric, { unit: `Grüße ${unit}` }, unit),
  );
  return { name, metrics: [metric], collect: collect ?? (() => [blockOf(samples)]) };
}

function scrapeOf(collectors: readonly Collector[]): Scrape {
  const { log } = recordedLog();
  const always = async () => [];
  return createScrape({ collectors, always, limitMs: 3_600_000, elapsedMs: () => 0, log });
}

/** Where an exporter with these collectors is; a page of one series is about 500 bytes long. */
function exporter(collectors: readonly Collector[] = [collectorOf('one', 1)]): Promise<string> {
  return exporterOf(scrapeOf(collectors));
}

function exporterOf(metrics: Scrape): Promise<string> {
  const { log } = recordedLog();
  return serving(createExporterApp({ version: '1', metrics, unready: () => undefined, log }));
}

/** A reply as it came, which fetch would unpack. */
async function ask(url: string, headers: Readonly<Record<string, string>> = {}) {
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject);
  });
  return { status: reply.statusCode, headers: reply.headers, body: await buffer(reply) };
}

const succeeded = (page: string) =>
  parsePage(page)
    .series.filter(({ name }) => name === 'fettle_collector_success')
    .map(({ labels, value }) => [labels['collector'], value]);

describe('GET /metrics', () => {
  it('is in the text format for whoever does not ask for another', async () => {
    const { status, headers, body } = await ask(`${await exporter()}/metrics`);
    expect([status, headers['content-type'], headers['content-encoding']]).toEqual([200, TEXT, undefined]);
    expect(headers['content-length']).toBe(String(body.length));
    expect(headers.vary).toBe('Accept, Accept-Encoding');
    expect(parsePage(body.toString()).series[0]).toEqual({
      name: 'one_runs_total',
      labels: { unit: 'Grüße 0' },
      value: 0,
    });
  });

  it('is in OpenMetrics for whoever likes it better', async () => {
    const accept =
      'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1';
    const { headers, body } = await ask(`${await exporter()}/metrics`, { accept });
    expect(headers['content-type']).toBe(OPENMETRICS);
    const { types, help } = parseOpenMetrics(body.toString());
    expect([types.get('one_runs'), help.get('one_runs')]).toEqual(['counter', 'A "run".']);
  });

  it.each([
    ['text/plain', TEXT],
    ['application/openmetrics-text', OPENMETRICS],
  ])('is packed for whoever takes gzip, in %s', async (accept, type) => {
    const base = await exporter([collectorOf('many', 5000)]);
    const plain = await ask(`${base}/metrics`, { accept });
    const packed = await ask(`${base}/metrics`, { accept, 'accept-encoding': 'gzip' });
    expect(packed.headers).toMatchObject({
      'content-type': type,
      'content-encoding': 'gzip',
      vary: 'Accept, Accept-Encoding',
    });
    expect(packed.body.length).toBeLessThan(plain.body.length / 5);
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
  });

  it('goes on for others when a scraper hangs up in the middle', async () => {
    const base = await exporter([collectorOf('many', 50_000)]);
    await new Promise<void>((resolve, reject) => {
      const asked = get(
        `${base}/metrics`,
        { headers: { 'accept-encoding': 'gzip' }, agent: false },
        (reply) => {
          reply.once('data', () => asked.destroy());
          reply.once('error', () => resolve());
        },
      );
      asked.once('error', reject);
    });
    expect((await ask(`${base}/metrics`, { 'accept-encoding': 'gzip' })).status).toBe(200);
  });

  it.each([
    ['a short page', 1, 'gzip'],
    ['a scraper that refuses it', 5000, 'deflate, gzip;q=0'],
  ])('is not packed for %s', async (_, series, encoding) => {
    const base = await exporter([collectorOf('some', series)]);
    const { headers } = await ask(`${base}/metrics`, { 'accept-encoding': encoding });
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers.vary).toBe('Accept, Accept-Encoding');
  });

  it('has no body for HEAD, but says how long it would be', async () => {
    const base = await exporter();
    const reply = await fetch(`${base}/metrics`, { method: 'HEAD' });
    expect([reply.status, await reply.text()]).toEqual([200, '']);
    expect(reply.headers.get('content-length')).toBe(String((await ask(`${base}/metrics`)).body.length));
  });
});

describe('the collectors of GET /metrics', () => {
  const three = ['a', 'b', 'c'].map((name) => collectorOf(name, 1));

  it.each([
    ['', ['a', 'b', 'c']],
    ['?collect[]=c&collect[]=a', ['a', 'c']],
    ['?collect%5B%5D=b', ['b']],
    ['?exclude[]=b', ['a', 'c']],
    ['?exclude[]=b&exclude[]=a&exclude[]=c', []],
  ])('are for %j: %j', async (query, names) => {
    const { status, body } = await ask(`${await exporter(three)}/metrics${query}`);
    expect(status).toBe(200);
    expect(succeeded(body.toString())).toEqual(names.map((name) => [name, 1]));
  });

  it.each([
    ['?collect[]=gpu', 'there is no collector "gpu" here, only a, b, c'],
    ['?exclude[]=a&exclude[]=gpu', 'there is no collector "gpu" here, only a, b, c'],
    ['?collect[]=a&exclude[]=b', 'collect[] and exclude[] cannot be given together'],
  ])('are refused for %s', async (query, error) => {
    const reply = await fetch(`${await exporter(three)}/metrics${query}`);
    expect([reply.status, await reply.json()]).toEqual([400, { error }]);
  });
});

describe('the time of GET /metrics', () => {
  it('is what the scraper has: what is not ready by then has failed', async () => {
    const hanging = collectorOf('hanging', 1, () => new Promise(() => undefined));
    const base = await exporter([hanging, collectorOf('ready', 1)]);
    const { status, body } = await ask(`${base}/metrics`, { 'x-prometheus-scrape-timeout-seconds': '0.02' });
    expect(status).toBe(200);
    expect(succeeded(body.toString())).toEqual([
      ['hanging', 0],
      ['ready', 1],
    ]);
    expect(body.toString()).toContain('ready_runs_total{');
  });

  it('is the usual one if the header makes no sense', async () => {
    const { body } = await ask(`${await exporter()}/metrics`, {
      'x-prometheus-scrape-timeout-seconds': 'soon',
    });
    expect(succeeded(body.toString())).toEqual([['one', 1]]);
  });
});

it('reads the machine once for requests that come together', async () => {
  let read = 0;
  const answers: (() => void)[] = [];
  const held = collectorOf('held', 0, async () => {
    read += 1;
    await new Promise<void>((resolve) => answers.push(resolve));
    return [];
  });
  const scrape = scrapeOf([held]);
  let asked = 0;
  const page: Scrape['page'] = (request) => {
    asked += 1;
    return scrape.page(request);
  };
  const base = await exporterOf({ ...scrape, page });
  const replies = ['text/plain', 'application/openmetrics-text', '*/*'].map((accept) =>
    ask(`${base}/metrics`, { accept }),
  );
  await expect.poll(() => asked).toBe(3);
  for (const answer of answers) answer();
  expect((await Promise.all(replies)).map(({ headers }) => headers['content-type'])).toEqual([
    TEXT,
    OPENMETRICS,
    TEXT,
  ]);
  expect(read).toBe(1);
});
