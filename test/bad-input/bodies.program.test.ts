import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RunningFettle, startFettle } from '../cli/run-fettle.ts';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { waitFor } from '../lab/wait.ts';
import { slowClients } from './slow-clients.ts';

const TOKEN = 'the-token-of-this-test';

/** A notification that would lead to a look at a unit if it were taken. */
const GOOD = JSON.stringify(
  notificationBody([
    alertEntry({ labels: { alertname: 'UnitFailed', unit: 'a.service' }, fingerprint: 'abc1' }),
  ]),
);

const CONFIG = {
  remediator: {
    listen: '127.0.0.1:0',
    mode: 'enforce',
    policies: [
      { name: 'p', when: ['alertname = "UnitFailed"'], unit: '{{ labels.unit }}', allow: ['a.service'] },
    ],
  },
};

/** A fettle that serves a remediator, on a bus that notes who comes to it and says nothing. */
async function startServing() {
  const folder = tempFolder({ token: `${TOKEN}\n` });
  let connections = 0;
  const bus = createServer((socket) => {
    connections++;
    socket.destroy();
  }).listen(join(folder, 'bus'));
  onTestFinished(() => void bus.close());
  await once(bus, 'listening');
  const remediator = {
    ...CONFIG.remediator,
    token_file: join(folder, 'token'),
    ledger: join(folder, 'ledger.jsonl'),
  };
  const files = tempFolder({ 'fettle.yml': JSON.stringify({ remediator }) });
  const words = ['serve', '--only', 'remediator', '--config', join(files, 'fettle.yml')];
  const env = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(folder, 'bus')}` };
  const fettle = startFettle(words, onTestFinished, env);
  const { address } = await fettle.logged('remediator is listening');
  await waitFor('it is ready', async () => (await fetch(`http://${address}/-/ready`)).ok || undefined);
  const [host = '', port = ''] = String(address).split(':');
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  onTestFinished(() => agent.destroy());
  const base = { host, port: Number(port) };

  async function post(
    body: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly answer: string }> {
    const bytes = Buffer.from(body);
    const usual = { 'content-type': 'application/json', 'content-length': String(bytes.length) };
    const asked = request({
      ...base,
      agent,
      method: 'POST',
      path: '/api/v1/webhook',
      headers: { authorization: `Bearer ${TOKEN}`, ...usual, ...headers },
    });
    const answered = once(asked, 'response');
    asked.end(bytes);
    const [reply] = await answered;
    return { status: reply.statusCode, answer: await text(reply) };
  }

  return {
    fettle,
    base,
    post,
    ledger: () => readFileSync(join(folder, 'ledger.jsonl'), 'utf8'),
    busConnections: () => connections,
  };
}

/** What is put into the middle of a notification. */
const JUNK = [
  '',
  '}',
  ']',
  ',',
  '"',
  ':',
  '\\',
  '{}',
  '[[',
  '\u0000',
  'NaN',
  'undefined',
  "'",
  '\ud800',
  '4e',
];

/** A notification with something cut off, put in, taken out or replaced; or anything else. */
function spoiled(): fc.Arbitrary<string> {
  const place = fc.nat(GOOD.length - 1);
  const cut = place.map((end) => GOOD.slice(0, end));
  const changed = fc
    .tuple(place, fc.nat(40), fc.constantFrom(...JUNK))
    .map(([at, taken, junk]) => GOOD.slice(0, at) + junk + GOOD.slice(at + taken));
  const flipped = fc
    .tuple(place, fc.integer({ min: 0, max: 0xff }))
    .map(([at, code]) => GOOD.slice(0, at) + String.fromCharCode(code) + GOOD.slice(at + 1));
  return fc.oneof(cut, changed, flipped, fc.string(), fc.json());
}

/** An alert of the right keys, each with any value. */
function oddAlert(): fc.Arbitrary<string> {
  const any = fc.jsonValue();
  return fc
    .record({ status: any, labels: any, startsAt: any, fingerprint: any }, { requiredKeys: [] })
    .map((alert) => JSON.stringify(notificationBody([alert])));
}

/** Whether a reader of the specification would take it: fuzzing sometimes spoils what does not matter. */
function isNotification(body: string): boolean {
  try {
    const { version, alerts } = Object(JSON.parse(Buffer.from(body).toString()));
    return version === '4' && Array.isArray(alerts) && alerts.every(isAlert);
  } catch {
    return false;
  }
}

function isAlert(one: unknown): boolean {
  const { status, labels, startsAt, fingerprint } = Object(one);
  return (
    (status === 'firing' || status === 'resolved') &&
    typeof labels === 'object' &&
    labels !== null &&
    !Array.isArray(labels) &&
    Object.values(labels).every((value) => typeof value === 'string') &&
    /^\d{4}-(0\d|1[0-2])-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-][0-2]\d:[0-5]\d)$/.test(
      String(startsAt),
    ) &&
    /^[0-9a-f]{1,64}$/.test(String(fingerprint))
  );
}

/** Ends it as its supervisor would, and sees that it had nothing to hide. */
async function endsWell({ child, ended }: RunningFettle): Promise<void> {
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  expect(stderr).not.toContain('request could not be answered');
  expect(stderr).not.toContain(TOKEN);
  expect(code).toBe(0);
}

describe('fettle serve, sent what is no notification', () => {
  it('answers 400 to each of a thousand spoiled ones, and nothing comes of them', async () => {
    const { fettle, post, ledger, busConnections } = await startServing();
    const samples = fc.sample(fc.oneof(spoiled(), oddAlert()), { numRuns: 1300, seed: 6 });
    const bodies = samples.filter((body) => !isNotification(body)).slice(0, 1000);
    expect(bodies.length).toBe(1000);
    const answers = await Promise.all(bodies.map((body) => post(body)));
    const wrong = answers.flatMap(({ status }, index) =>
      status === 400 ? [] : [{ status, body: bodies[index] }],
    );
    expect(wrong).toEqual([]);
    for (const { answer } of answers) expect(JSON.parse(answer)).toEqual({ error: expect.any(String) });
    expect([ledger(), busConnections()]).toEqual(['', 0]);
    expect((await post(GOOD)).status).toBe(200);
    expect(ledger()).toContain('"event":"received"');
    await endsWell(fettle);
  });

  it('bears what is large or deep: 10 MB are taken, 17 MB and what is packed are not, and it goes on', async () => {
    const { fettle, post, ledger, busConnections } = await startServing();
    const large = (megabytes: number) => GOOD.replace('"{}:{}"', JSON.stringify('x'.repeat(megabytes * 1e6)));
    const deep = `${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}`;
    const packed = gzipSync(large(10));
    expect((await post(large(17))).status).toBe(413);
    expect((await post(packed, { 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await post(packed)).status).toBe(400);
    expect((await post('['.repeat(5_000_000))).status).toBe(400);
    expect((await post(GOOD.replace('"a.service"', deep))).status).toBe(400);
    expect([ledger(), busConnections()]).toEqual(['', 0]);
    expect((await post(large(10))).status).toBe(200);
    expect(ledger().length).toBeLessThan(1000);
    await endsWell(fettle);
  });

  it('takes 10 000 alerts in one, none is lost, and none leads to a question that no policy allows', async () => {
    const { fettle, post, ledger, busConnections } = await startServing();
    const alerts = Array.from({ length: 10_000 }, (_, index) =>
      alertEntry({
        labels: { alertname: 'UnitFailed', unit: `u${index}.service`, number: String(index) },
        fingerprint: index.toString(16),
      }),
    );
    const { status, answer } = await post(
      JSON.stringify(notificationBody(alerts, { truncatedAlerts: 9998 })),
    );
    expect([status, JSON.parse(answer).alerts.length]).toEqual([200, 10_000]);
    const received = ledger()
      .split('\n')
      .filter((line) => line.includes('"event":"received"'));
    expect(new Set(received.map((line) => JSON.parse(line).labels.number)).size).toBe(10_000);
    expect((await post(JSON.stringify(notificationBody([])))).status).toBe(200);
    await endsWell(fettle);
    expect(ledger()).not.toContain('"event":"started"');
    expect(busConnections()).toBe(0);
  });

  it('is not held up by bad tokens: the good one is taken all the while', async () => {
    const { fettle, post, ledger, busConnections } = await startServing();
    const nothing = JSON.stringify(notificationBody([]));
    const guesses = Array.from({ length: 500 }, (_, index) => ({ authorization: `Bearer ${TOKEN}${index}` }));
    const asked = guesses.map(async (headers, index) => {
      const good = index % 10 === 0 ? (await post(nothing)).status : 200;
      return [(await post(GOOD, headers)).status, good];
    });
    expect(new Set((await Promise.all(asked)).map(String))).toEqual(new Set(['401,200']));
    expect((await post(nothing)).status).toBe(200);
    expect([ledger(), busConnections()]).toEqual(['', 0]);
    await endsWell(fettle);
  });

  it('answers who speaks while 1200 others send a byte now and then', async () => {
    const { fettle, base, post, ledger } = await startServing();
    const slow = slowClients(base, 1200);
    onTestFinished(() => slow.stop());
    await slow.begun;
    for (let round = 0; round < 20; round++) {
      expect((await post(GOOD, { connection: 'close' })).status).toBe(200);
    }
    expect(slow.answered()).toBe(0);
    expect(ledger().match(/"event":"received"/g)).toHaveLength(1);
    slow.stop();
    await endsWell(fettle);
  });
});
