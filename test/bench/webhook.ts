import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import type { Lab } from '../lab/lab.ts';
import { postWebhook } from '../lab/post-webhook.ts';
import { freePort } from '../lab/service-process.ts';
import { waitFor } from '../lab/wait.ts';
import { memoryOf, processInLab } from './process-cost.ts';
import { timesOf } from './quantile.ts';

const TOKEN = 'a-token-of-the-bench';
const UNITS = 30;
const PER_SECOND = 100;
const SECONDS = 20;
const MANY = 10_000;

/** Units that have failed and come back when they are started again. */
const units = Array.from({ length: UNITS }, (_, index) => `bench@${index}.service`);

/** What is measured, and its limit. */
interface Row {
  readonly what: string;
  readonly value: string;
  readonly limit: string;
  readonly isMet: boolean;
}

/**
 * Measures the remediator on the real systemd: how fast notifications are accepted, what thousands of alerts cost, and
 * how long it takes from a notification to the start of the unit. Some two minutes.
 */
export async function webhookReport(lab: Lab, program: string, say: (what: string) => void): Promise<string> {
  const ledgerFile = join(lab.dir, 'ledger.jsonl');
  const configFile = join(lab.dir, 'fettle.yml');
  const port = await freePort();
  await addUnits(lab);
  writeFileSync(join(lab.dir, 'token'), `${TOKEN}\n`, { mode: 0o600 });
  writeFileSync(configFile, JSON.stringify(configOf(port, ledgerFile, join(lab.dir, 'token'))));
  const argv = [process.execPath, program, 'serve', '--only', 'remediator', '-c', configFile];
  const fettle = lab.spawn(argv, { log: join(lab.dir, 'fettle.log') });
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitFor('fettle is ready', async () => (await isReady(url)) || undefined);
    const eventsNow = () => events(ledgerFile);
    say('webhook: from a notification to the start of a unit');
    const starts = await untilStart(lab, url);
    say(`webhook: ${PER_SECOND} notifications a second`);
    const accepted = await steadily(url);
    say(`webhook: ${MANY} alerts at once, and ${MANY} notifications of one alert`);
    const before = eventsNow().filter((event) => event === 'received').length;
    const atOnce = await timed(() => post(url, manyAlerts('flood')));
    await waitFor(
      'every alert has come to its end',
      async () => (await pageValue(url, 'fettle_repair_queue_length')) === 0 || undefined,
      { timeoutMs: 300_000, everyMs: 1000 },
    );
    const received = eventsNow().filter((event) => event === 'received').length - before;
    const oneByOne = await timed(() => flood(url));
    const { peakBytes } = memoryOf(processInLab(lab.pid, 'node'));
    return report([
      row('from a notification to the start of its unit, p99', timesOf(starts).p99Ms, 250),
      row(`a notification accepted at ${PER_SECOND} a second, p99`, timesOf(accepted).p99Ms, 50),
      row(`${MANY} alerts in one notification accepted`, atOnce, 1000),
      row(`${MANY} notifications of one alert accepted`, oneByOne, 60_000),
      {
        what: 'memory at most',
        value: `${(peakBytes / 1e6).toFixed(0)} MB`,
        limit: '200 MB',
        isMet: peakBytes <= 200e6,
      },
      {
        what: `alerts of ${MANY} written down`,
        value: String(received),
        limit: String(MANY),
        isMet: received === MANY,
      },
      {
        what: 'units started twice',
        value: String(startedTwice(lab)),
        limit: '0',
        isMet: startedTwice(lab) === 0,
      },
    ]);
  } finally {
    await fettle.stop();
  }
}

async function addUnits(lab: Lab): Promise<void> {
  await lab.writeUnit(
    'bench@.service',
    `[Service]
ExecStartPre=/bin/sh -c 'date +%%s%%N >>${lab.dir}/%n.starts'
ExecStart=/bin/sleep infinity
`,
  );
  for (const unit of units) await lab.run(['systemctl', 'start', unit]);
  for (const unit of units) await lab.run(['systemctl', 'kill', '--signal=KILL', unit]);
}

function configOf(port: number, ledger: string, tokenFile: string): object {
  return {
    remediator: {
      listen: `127.0.0.1:${port}`,
      mode: 'enforce',
      token_file: tokenFile,
      ledger,
      budgets: { host: { concurrent: UNITS, limits: ['200 per 1h'] } },
      storm: { units: MANY, within: '1s' },
      defaults: { blame: { other_hands: '0s', packages: '0s', boot: '0s' } },
      policies: [
        {
          name: 'bench',
          when: ['alertname = "UnitFailed"'],
          allow: units,
          steps: ['restart'],
          verify: { for: '1s', timeout: '10s' },
        },
      ],
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false;
  }
}

async function post(url: string, body: unknown): Promise<void> {
  const { status, answer } = await postWebhook(url, body, TOKEN);
  if (status !== 200) throw new Error(`status ${status}: ${JSON.stringify(answer)}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const startsAt = new Date().toISOString();

function alertOf(unit: string, name: string): unknown {
  const fingerprint = Buffer.from(name).toString('hex');
  return alertEntry({ labels: { alertname: 'UnitFailed', unit }, startsAt, fingerprint });
}

/** Milliseconds from each notification to the moment that its unit notes itself. */
async function untilStart(lab: Lab, url: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (const [index, unit] of units.entries()) {
    const sentNs = BigInt(Date.now()) * 1_000_000n;
    await post(url, notificationBody([alertOf(unit, `start-${index}`)]));
    const startNs = await waitFor(`${unit} has been started`, () => startsOf(lab, unit)[1]);
    times.push(Number(startNs - sentNs) / 1e6);
    // What proves it goes on meanwhile; a next one at the same moment would be another measurement.
    await sleep(200);
  }
  await sleep(1500);
  return times;
}

/** In nanoseconds since 1970. */
function startsOf(lab: Lab, unit: string): readonly bigint[] {
  const text = readFileSync(join(lab.dir, `${unit}.starts`), 'utf8');
  return text.trim().split('\n').map(BigInt);
}

function startedTwice(lab: Lab): number {
  return units.filter((unit) => startsOf(lab, unit).length > 2).length;
}

/** Each is new, and refused: its unit is none that the policy allows. */
async function steadily(url: string): Promise<readonly number[]> {
  const times: number[] = [];
  const waiting: Promise<void>[] = [];
  const began = performance.now();
  for (let index = 0; index < PER_SECOND * SECONDS; index += 1) {
    await sleep(Math.max(0, began + (index * 1000) / PER_SECOND - performance.now()));
    const body = notificationBody([alertOf('other.service', `steady-${index}`)]);
    waiting.push(timed(() => post(url, body)).then((ms) => void times.push(ms)));
  }
  await Promise.all(waiting);
  return times;
}

function manyAlerts(name: string): unknown {
  return notificationBody(
    Array.from({ length: MANY }, (_, index) => alertOf(units[index % UNITS] ?? '', `${name}-${index}`)),
  );
}

/** The same alert again and again, four at a time. */
async function flood(url: string): Promise<void> {
  const body = notificationBody([alertOf('other.service', 'again')]);
  let sent = 0;
  const sender = async () => {
    for (; sent < MANY; sent += 1) await post(url, body);
  };
  await Promise.all([sender(), sender(), sender(), sender()]);
}

async function pageValue(url: string, metric: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(page)?.[1]);
}

function events(ledgerFile: string): readonly string[] {
  const lines = readFileSync(ledgerFile, 'utf8').trim().split('\n');
  return lines.map((line) => /"event":"(\w+)"/.exec(line)?.[1] ?? '');
}

function row(what: string, ms: number, limitMs: number): Row {
  return { what, value: `${ms.toFixed(1)} ms`, limit: `${limitMs} ms`, isMet: ms <= limitMs };
}

function report(rows: readonly Row[]): string {
  return [
    '### Remediator',
    '',
    '| what | measured | limit | |',
    '|---|---:|---:|---|',
    ...rows.map(
      ({ what, value, limit, isMet }) => `| ${what} | ${value} | ${limit} | ${isMet ? 'ok' : 'missed'} |`,
    ),
  ].join('\n');
}
