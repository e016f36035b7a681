import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/domain/alert.ts';
import { createTokenCheck } from '../../src/http/auth.ts';
import { createRemediatorApp, type RemediatorRoutes } from '../../src/http/remediator.ts';
import type { Receipt } from '../../src/remediator/intake.ts';
import type { Remediator } from '../../src/remediator/remediator.ts';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { remediatorReading } from '../fakes/remediator-reading.ts';
import { scrapeOf } from './scrape-of.ts';
import { serving } from './serving.ts';

const TOKEN = 'the-token-of-this-test';

/** A remediator that takes everything in and does nothing. */
function idleRemediator(given: Partial<Remediator> = {}): Remediator {
  return {
    accept: async (alerts) => alerts.map(receiptOf),
    recent: () => [],
    read: async () => remediatorReading(),
    stop: async () => undefined,
    ...given,
  };
}

function receiptOf({ labels, fingerprint }: Alert): Receipt {
  return { alertname: labels.get('alertname') ?? '', fingerprint, outcome: 'unmatched', intakes: [] };
}

/** A listener that wants a token; what matters to a test is given. */
async function start(given: Partial<RemediatorRoutes> = {}) {
  const { log, lines } = recordedLog();
  const statuses: number[] = [];
  const remediator = idleRemediator();
  const check = createTokenCheck(TOKEN);
  const base = await serving(
    createRemediatorApp({
      version: '1.2.3',
      metrics: scrapeOf(''),
      remediator: () => remediator,
      tokenCheck: () => check,
      isUser: () => false,
      countWebhook: (status) => statuses.push(status),
      log,
      ...given,
    }),
  );
  return { base, lines, statuses };
}

const JSON_HEADERS = { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` };

function post(base: string, body: string | Buffer, headers: Readonly<Record<string, string>> = JSON_HEADERS) {
  return fetch(`${base}/api/v1/webhook`, { method: 'POST', body, headers });
}

/** Status and body of a reply, which must be JSON without a trace or a token in it. */
async function told(reply: Response): Promise<readonly [number, unknown]> {
  const text = await reply.text();
  expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(text).not.toContain(TOKEN);
  expect(text).not.toMatch(/\bat .*:\d+|node_modules|\/src\//);
  return [reply.status, JSON.parse(text)];
}

const problem = (error: unknown) => ({ error });

describe('the webhook', () => {
  it('hands the alerts on and answers with their receipts', async () => {
    const taken: Alert[] = [];
    const intakes = [{ id: 'i1', policy: 'p', unit: 'comfyui@a.service' }];
    const remediator = idleRemediator({
      accept: async (alerts) => {
        taken.push(...alerts);
        return alerts.map((alert) => ({ ...receiptOf(alert), outcome: 'accepted', intakes }));
      },
    });
    const { base, statuses } = await start({ remediator: () => remediator });
    const reply = await post(base, JSON.stringify(notificationBody()));
    expect(await told(reply)).toEqual([
      200,
      {
        alerts: [{ alertname: 'UnitFailed', fingerprint: 'd0cba94e648d96b2', outcome: 'accepted', intakes }],
      },
    ]);
    expect(taken).toEqual([
      {
        status: 'firing',
        labels: new Map([
          ['alertname', 'UnitFailed'],
          ['unit', 'comfyui@a.service'],
        ]),
        startsAt: new Date('2026-11-21T04:01:42.568Z'),
        fingerprint: 'd0cba94e648d96b2',
      },
    ]);
    expect(statuses).toEqual([200]);
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON'])('takes %s', async (type) => {
    const { base } = await start();
    const reply = await post(base, JSON.stringify(notificationBody([])), {
      ...JSON_HEADERS,
      'Content-Type': type,
    });
    expect(await told(reply)).toEqual([200, { alerts: [] }]);
  });

  it.each([
    ['no header', undefined],
    ['another token', 'Bearer another'],
    ['another scheme', `Basic ${TOKEN}`],
    ['an empty token', 'Bearer '],
  ])('answers 401 to %s, whatever the body, and takes nothing in', async (_, authorization) => {
    const remediator = idleRemediator({
      accept: () => {
        throw new Error('must not be asked');
      },
    });
    const { base, lines, statuses } = await start({ remediator: () => remediator });
    const headers = {
      'Content-Type': 'application/json',
      ...(authorization && { Authorization: authorization }),
    };
    for (const body of [JSON.stringify(notificationBody()), '{']) {
      const reply = await post(base, body, headers);
      expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="fettle"');
      expect(await told(reply)).toEqual([
        401,
        problem('expected the header "Authorization: Bearer TOKEN" with a token of token_file'),
      ]);
    }
    expect(lines).toEqual([]);
    expect(statuses).toEqual([401, 401]);
  });

  it('wants no token where none is configured', async () => {
    const { base } = await start({ tokenCheck: () => undefined });
    const reply = await post(base, JSON.stringify(notificationBody([])), {
      'Content-Type': 'application/json',
    });
    expect(reply.status).toBe(200);
  });

  it('asks for the token that is in force now', async () => {
    let check = createTokenCheck(TOKEN);
    const { base } = await start({ tokenCheck: () => check });
    check = createTokenCheck('a-newer-one');
    expect((await post(base, '{}')).status).toBe(401);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/vnd.api+json',
    'json',
  ])('answers 415 to a body of type %s', async (type) => {
    const { base } = await start();
    const reply = await post(base, JSON.stringify(notificationBody()), {
      ...JSON_HEADERS,
      'Content-Type': type,
    });
    expect(await told(reply)).toEqual([415, problem('expected a body with Content-Type: application/json')]);
  });

  it('answers 400 to no body at all', async () => {
    const { base } = await start();
    const reply = await fetch(`${base}/api/v1/webhook`, { method: 'POST', headers: JSON_HEADERS });
    expect((await told(reply))[0]).toBe(400);
  });

  it('answers 415 to a compressed body, which could unpack to anything', async () => {
    const { base } = await start();
    const body = gzipSync(JSON.stringify(notificationBody()));
    const reply = await post(base, body, { ...JSON_HEADERS, 'Content-Encoding': 'gzip' });
    expect(await told(reply)).toEqual([415, problem('content encoding unsupported')]);
  });

  it('answers 415 to letters that it cannot read', async () => {
    const { base } = await start();
    const reply = await post(base, '{}', {
      ...JSON_HEADERS,
      'Content-Type': 'application/json; charset=latin1',
    });
    expect((await told(reply))[0]).toBe(415);
  });

  it.each([
    ['nothing but space', '   '],
    ['text', 'hello'],
    ['half of an object', '{"version": "4", "alerts": ['],
    ['two objects', '{}{}'],
    ['a number', '4'],
    ['null', 'null'],
    ['brackets five million deep', '['.repeat(5_000_000)],
    ['objects half a million deep', '{"a":'.repeat(500_000)],
  ])('answers 400 to what is not JSON: %s', async (_, body) => {
    const { base, statuses } = await start();
    const [status] = await told(await post(base, body));
    expect(status).toBe(400);
    expect(statuses).toEqual([400]);
    expect((await fetch(`${base}/-/healthy`)).status).toBe(200);
  });

  const NESTED = '['.repeat(1_000_000) + ']'.repeat(1_000_000);

  it.each<readonly [string, string, string]>([
    ['a list', '[]', 'expected a JSON object, the notification of an Alertmanager webhook'],
    ['an empty object', '{}', 'version: expected "4", the payload that Alertmanager sends; got nothing'],
    [
      'a later version',
      '{"version":"5"}',
      'version: expected "4", the payload that Alertmanager sends; got "5"',
    ],
    ['no alerts', '{"version":"4"}', 'alerts: expected a list; got nothing'],
    [
      'a version that is nested a million deep, and closed again',
      `{"version":${NESTED}}`,
      'version: expected "4", the payload that Alertmanager sends; got something nested too deeply',
    ],
    [
      'an alert that is none',
      JSON.stringify(notificationBody([alertEntry(), 7])),
      'alerts[1]: expected an object; got 7',
    ],
    [
      'an alert of an unknown status',
      JSON.stringify(notificationBody([alertEntry({ status: 'pending' })])),
      'alerts[0].status: expected firing or resolved; got "pending"',
    ],
    [
      'a label that is no text',
      JSON.stringify(notificationBody([alertEntry({ labels: { unit: 1 } })])),
      'alerts[0].labels: expected an object of texts; got {"unit":1}',
    ],
    [
      'a start that is no time',
      JSON.stringify(notificationBody([alertEntry(), alertEntry({ startsAt: 'soon' })])),
      'alerts[1].startsAt: expected a time such as 2026-01-31T12:00:00Z; got "soon"',
    ],
    [
      'a fingerprint that is none',
      JSON.stringify(notificationBody([alertEntry({ fingerprint: '../x' })])),
      'alerts[0].fingerprint: expected hexadecimal digits; got "../x"',
    ],
  ])('answers 400 to %s and tells where it is wrong', async (_, body, error) => {
    const { base, lines } = await start();
    expect(await told(await post(base, body))).toEqual([400, problem(error)]);
    expect(lines).toEqual([]);
  });

  it('answers 413 to 17 MB, and 200 to 10 MB', async () => {
    const { base, statuses } = await start();
    const body = (megabytes: number) =>
      JSON.stringify(notificationBody([], { groupKey: 'x'.repeat(megabytes * 1e6) }));
    expect(await told(await post(base, body(17)))).toEqual([413, problem('request entity too large')]);
    expect(await told(await post(base, body(10)))).toEqual([200, { alerts: [] }]);
    expect(statuses).toEqual([413, 200]);
  });

  it('takes a label called __proto__ as a label like any other', async () => {
    let seen: Alert | undefined;
    const remediator = idleRemediator({
      accept: async ([alert]) => {
        seen = alert;
        return [];
      },
    });
    const { base } = await start({ remediator: () => remediator });
    const labels = '{"__proto__":"a","constructor":"b","alertname":"c"}';
    const body = JSON.stringify(notificationBody()).replace(/"labels":\{[^}]*\}/, `"labels":${labels}`);
    expect((await post(base, body)).status).toBe(200);
    expect([...(seen?.labels ?? [])]).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['alertname', 'c'],
    ]);
    expect(Reflect.get({}, 'a')).toBeUndefined();
  });

  it('answers 503 and why while there is no remediator, so that the notification comes again', async () => {
    const { base, statuses } = await start({ remediator: () => 'not repairing: the ledger is broken' });
    expect(await told(await post(base, JSON.stringify(notificationBody())))).toEqual([
      503,
      problem('not repairing: the ledger is broken'),
    ]);
    expect(statuses).toEqual([503]);
  });

  it('answers 503 where the notification could not be written down, and keeps the reason for the log', async () => {
    const remediator = idleRemediator({
      accept: async () => {
        throw new Error('adding to /var/lib/fettle/ledger.jsonl: ENOSPC');
      },
    });
    const { base, lines } = await start({ remediator: () => remediator });
    expect(await told(await post(base, JSON.stringify(notificationBody())))).toEqual([
      503,
      problem('the notification could not be written down; send it again'),
    ]);
    expect(lines).toEqual([
      {
        level: 'error',
        fields: { err: 'adding to /var/lib/fettle/ledger.jsonl: ENOSPC' },
        message: 'notification could not be written down',
      },
    ]);
  });

  it('warns where Alertmanager left alerts out', async () => {
    const { base, lines } = await start();
    await post(base, JSON.stringify(notificationBody([alertEntry()], { truncatedAlerts: 9998 })));
    expect(lines).toMatchObject([{ level: 'warn', fields: { truncated: 9998 } }]);
  });

  it('answers 500 without a trace where fettle itself is at fault', async () => {
    const { base, lines } = await start({
      tokenCheck: () => {
        throw new Error(`no check for ${TOKEN}`);
      },
    });
    const [status, body] = await told(await post(base, '{}'));
    expect([status, body]).toEqual([500, problem('fettle could not answer; its log says why')]);
    expect(lines).toMatchObject([{ level: 'error', message: 'request could not be answered' }]);
  });

  it('is for POST only', async () => {
    const { base } = await start();
    expect(await told(await fetch(`${base}/api/v1/webhook`, { headers: JSON_HEADERS }))).toEqual([
      404,
      problem('there is no GET /api/v1/webhook here'),
    ]);
  });
});

describe('a user of the web configuration', () => {
  it('needs no token, and nobody else gets in for that', async () => {
    const { base } = await start({ isUser: (request) => request.headers['x-user'] === 'yes' });
    const post = (headers: Readonly<Record<string, string>>) =>
      fetch(`${base}/api/v1/webhook`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: '{}',
      });
    expect((await post({ 'x-user': 'yes' })).status).toBe(400);
    expect((await post({ 'x-user': 'no' })).status).toBe(401);
  });
});

describe('the story of repairs', () => {
  const entry = (id: string) => ({
    id,
    policy: 'p',
    unit: 'comfyui@a.service',
    outcome: 'refused' as const,
    alert: {
      alertname: 'UnitFailed',
      fingerprint: 'aa',
      startsAt: '2026-11-21T04:01:42.568Z',
      resolved: false,
    },
    receivedAt: '2026-11-21T04:01:43.000Z',
    endedAt: null,
    detail: null,
    denials: [],
    steps: [],
    rehearsed: null,
  });
  const entries = Array.from({ length: 1200 }, (_, index) => entry(`i${index}`));
  const remediator = idleRemediator({ recent: (count) => entries.slice(0, count) });

  it.each([
    ['', 50],
    ['?limit=1', 1],
    ['?limit=7', 7],
    ['?limit=1000', 1000],
  ])('at /api/v1/repairs%s has %d entries', async (query, count) => {
    const { base } = await start({ remediator: () => remediator });
    const reply = await fetch(`${base}/api/v1/repairs${query}`, { headers: JSON_HEADERS });
    expect(await told(reply)).toEqual([200, { repairs: entries.slice(0, count) }]);
  });

  it.each(['0', '-1', '1001', '1.5', 'all', '', 'NaN', 'Infinity', '1&limit=2', '5%00'])(
    'is not told with limit=%s',
    async (limit) => {
      const { base } = await start({ remediator: () => remediator });
      const reply = await fetch(`${base}/api/v1/repairs?limit=${limit}`, { headers: JSON_HEADERS });
      expect(await told(reply)).toEqual([400, problem('limit: expected a number from 1 to 1000')]);
    },
  );

  it('is told to nobody without the token', async () => {
    const { base, statuses } = await start({ remediator: () => remediator });
    const reply = await fetch(`${base}/api/v1/repairs`);
    expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="fettle"');
    expect((await told(reply))[0]).toBe(401);
    expect(statuses).toEqual([]);
  });

  it('is not there while there is no remediator', async () => {
    const { base } = await start({ remediator: () => 'the ledger is being read' });
    const reply = await fetch(`${base}/api/v1/repairs`, { headers: JSON_HEADERS });
    expect(await told(reply)).toEqual([503, problem('the ledger is being read')]);
  });
});

describe("the remediator's other pages", () => {
  it('are ready while notifications are taken', async () => {
    const remediator = idleRemediator();
    let found: Remediator | string = 'not repairing: the ledger is broken';
    const { base } = await start({ remediator: () => found });
    const before = await fetch(`${base}/-/ready`);
    expect([before.status, await before.text()]).toEqual([
      503,
      'fettle is not ready: not repairing: the ledger is broken\n',
    ]);
    found = remediator;
    expect((await fetch(`${base}/-/ready`)).status).toBe(200);
  });

  it('need no token, but for the repairs', async () => {
    const { base } = await start();
    const html = await (await fetch(`${base}/`)).text();
    const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
    const statuses = await Promise.all(
      links.map(async (link) => [link, (await fetch(`${base}${link}`)).status]),
    );
    expect(statuses).toEqual([
      ['/api/v1/repairs', 401],
      ['/metrics', 200],
      ['/-/healthy', 200],
      ['/-/ready', 200],
    ]);
  });
});
