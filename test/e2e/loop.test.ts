import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { describeStack } from '../lab/describe-lab.ts';
import { type LedgerEntry, type Loop, startLoop } from '../lab/loop.ts';
import { postWebhook } from '../lab/post-webhook.ts';
import { queryPrometheus } from '../lab/query.ts';
import { findTools } from '../lab/tools.ts';
import { waitFor } from '../lab/wait.ts';

const SUMMED =
  'sum by (decision, result, outcome) ({__name__=~"fettle_(decisions|repair_steps|alerts)_total"}) > 0';

describeStack('the loop, enforced', () => {
  let loop: Loop;
  let startsBefore: number;
  let crashedAt: number;

  beforeAll(async () => {
    loop = await startLoop({ mode: 'enforce' });
    await loop.unit.crash();
    crashedAt = Date.now();
    startsBefore = loop.unit.invocations().length;
    // The unit is active at once, so Alertmanager says "resolved" while the repair is still being verified.
    await line(loop, 'ended');
    await line(loop, 'resolved');
  });
  afterAll(() => loop?.stop());

  it('restarts a unit that has hit its start limit, exactly once', async () => {
    const starts = loop.unit.invocations();
    expect(starts.length - startsBefore).toBe(1);
    expect(await loop.unit.property('ActiveState')).toBe('active');
    expect(await loop.unit.property('InvocationID')).toBe(starts.at(-1));
  });

  it('tells every station in the ledger, in order, under one intake', () => {
    const entries = loop.ledger();
    expect(entries.map(({ event }) => event).sort()).toEqual([
      'ended',
      'finished',
      'received',
      'resolved',
      'started',
    ]);
    const [received, started, finished, ended] = entries.filter(({ event }) => event !== 'resolved');
    const resolved = entries.find(({ event }) => event === 'resolved');
    expect([received, started, finished, ended].map((entry) => entry?.event)).toEqual([
      'received',
      'started',
      'finished',
      'ended',
    ]);
    expect(new Set([received, started, finished, ended].map((entry) => entry?.['id'])).size).toBe(1);
    expect(ended).toMatchObject({ ending: 'repaired' });
    expect(received).toMatchObject({
      policy: 'comfyui-failed',
      alertname: 'UnitFailed',
      unit: loop.unit.name,
    });
    expect(started).toMatchObject({ activeState: 'failed', invocationId: loop.unit.invocations().at(-2) });
    expect(finished).toMatchObject({
      result: 'succeeded',
      jobResult: 'done',
      invocationId: loop.unit.invocations().at(-1),
    });
    expect(resolved).toMatchObject({
      fingerprint: received?.['fingerprint'],
      startsAt: received?.['startsAt'],
    });
    const seconds = (Date.parse(String(finished?.at)) - crashedAt) / 1000;
    console.log(
      `crash to verified restart: ${seconds.toFixed(1)} s (scrape, evaluation 1 s; verified for 3 s)`,
    );
  });

  it('shows every station in metrics that Prometheus has scraped', async () => {
    const counts = await waitFor('Prometheus has scraped the counters of the last station', async () => {
      const samples = await queryPrometheus(loop.prometheus.url, SUMMED);
      const found = new Map(
        samples.map(({ metric: { decision, result, outcome }, value }) => [
          decision ?? result ?? outcome,
          value,
        ]),
      );
      return found.has('succeeded') && found.has('resolved') ? Object.fromEntries(found) : undefined;
    });
    expect(counts).toMatchObject({ run: 1, succeeded: 1, accepted: 1 });
    const name = loop.unit.name;
    const states = await queryPrometheus(loop.prometheus.url, `systemd_unit_state{name="${name}"} == 1`);
    expect(states.map(({ metric }) => metric['state'])).toEqual(['active']);
    const failed = `max_over_time(systemd_unit_state{name="${name}",state="failed"}[5m])`;
    expect((await queryPrometheus(loop.prometheus.url, failed))[0]?.value).toBe(1);
    const firing = 'count_over_time(ALERTS{alertname="UnitFailed",alertstate="firing"}[5m])';
    expect((await queryPrometheus(loop.prometheus.url, firing))[0]?.value).toBeGreaterThan(0);
    expect(await queryPrometheus(loop.prometheus.url, 'ALERTS{alertname="UnitFailed"}')).toEqual([]);
  });

  it('answers a second copy of the notification with "duplicate" and does nothing', async () => {
    const before = loop.unit.invocations().length;
    const { status, answer } = await postWebhook(loop.remediatorUrl, copyOf(loop), loop.token);
    expect(status).toBe(200);
    expect(answer).toMatchObject({ alerts: [{ outcome: 'duplicate', intakes: [] }] });
    await settled(loop);
    expect(loop.unit.invocations().length).toBe(before);
  });

  it.each([
    ['a unit that is not allowed', 'other.service', ['allow-list']],
    ['a protected unit', 'dbus.service', ['allow-list', 'protected-unit']],
    ['a name that is none', '../../x.service', ['allow-list', 'unit-restartable']],
    ['no unit at all', '', ['allow-list', 'unit-restartable']],
  ])('refuses %s, with every reason in the ledger', async (_what, unit, rails) => {
    const alert = { labels: { alertname: 'UnitFailed', unit }, fingerprint: fingerprintOf(unit) };
    const before = await activeSince(loop, 'dbus.service');
    const { status } = await postWebhook(
      loop.remediatorUrl,
      notificationBody([alertEntry(alert)]),
      loop.token,
    );
    expect(status).toBe(200);
    const refused = await waitFor('the refusal is in the ledger', () =>
      loop.ledger().find((entry) => entry.event === 'refused' && entry['unit'] === unit),
    );
    expect(railsOf(refused)).toEqual(rails);
    expect(await activeSince(loop, 'dbus.service')).toBe(before);
  });

  it('refuses a wrong token and a malformed body, and writes neither down', async () => {
    const before = loop.ledger().length;
    const starts = loop.unit.invocations().length;
    const wrong = await postWebhook(
      loop.remediatorUrl,
      copyOf(loop, '2026-01-01T00:00:00Z'),
      'a-wrong-token',
    );
    expect(wrong).toMatchObject({ status: 401, answer: { error: expect.stringContaining('Bearer TOKEN') } });
    const malformed = await postWebhook(loop.remediatorUrl, '{"version":"4","alerts":[', loop.token);
    expect(malformed).toMatchObject({ status: 400, answer: { error: expect.stringContaining('JSON') } });
    const odd = await postWebhook(
      loop.remediatorUrl,
      { version: '4', alerts: [{ status: 'firing' }] },
      loop.token,
    );
    expect(odd).toMatchObject({
      status: 400,
      answer: { error: expect.stringContaining('alerts[0].labels') },
    });
    expect(loop.ledger().length).toBe(before);
    expect(loop.unit.invocations().length).toBe(starts);
  });

  it('leaves a unit that has recovered alone', async () => {
    const alert = { labels: { alertname: 'UnitFailed', unit: loop.unit.name }, fingerprint: 'abcabc' };
    await postWebhook(loop.remediatorUrl, notificationBody([alertEntry(alert)]), loop.token);
    const refused = await waitFor('the refusal is in the ledger', () =>
      loop.ledger().find((entry) => entry.event === 'refused' && entry['unit'] === loop.unit.name),
    );
    expect(railsOf(refused)).toContain('already-healthy');
  });

  it('lists the repair for people', async () => {
    const headers = { authorization: `Bearer ${loop.token}` };
    const response = await fetch(`${loop.remediatorUrl}/api/v1/repairs`, { headers });
    const body: unknown = await response.json();
    expect(body).toMatchObject({
      repairs: expect.arrayContaining([
        expect.objectContaining({
          unit: loop.unit.name,
          outcome: 'repaired',
          steps: [expect.objectContaining({ action: 'restart', result: 'succeeded' })],
        }),
      ]),
    });
    expect((await fetch(`${loop.remediatorUrl}/api/v1/repairs`)).status).toBe(401);
  });

  it.each(['exporter', 'remediator'] as const)(
    'serves a %s page that promtool finds no fault in',
    async (half) => {
      const { promtool } = await findTools();
      const page = await loop.metrics(half);
      const checked = spawnSync(promtool, ['check', 'metrics'], { input: page, encoding: 'utf8' });
      expect(checked).toMatchObject({ status: 0, stdout: '', stderr: '' });
    },
  );
});

describeStack('the loop, in dry run', () => {
  let loop: Loop;

  beforeAll(async () => {
    loop = await startLoop({ mode: 'dry-run' });
  });
  afterAll(() => loop?.stop());

  it('restarts nothing and says in the ledger what would have been done', async () => {
    await loop.unit.crash();
    const before = loop.unit.invocations().length;
    const rehearsed = await line(loop, 'rehearsed');
    expect(rehearsed).toMatchObject({ unit: loop.unit.name, action: 'restart' });
    expect(rehearsed['detail']).toBe(`dry run: would restart ${loop.unit.name}, which is failed (failed)`);
    await settled(loop);
    expect(loop.ledger().map(({ event }) => event)).toEqual(['received', 'rehearsed']);
    expect(await loop.unit.property('ActiveState')).toBe('failed');
    expect(loop.unit.invocations().length).toBe(before);
    expect(await loop.metrics('remediator')).toContain(
      'fettle_decisions_total{policy="comfyui-failed",decision="rehearse",reason=""} 1\n',
    );
  });

  it('stops cleanly when it is asked to', async () => {
    expect(await loop.fettle.stop()).toBe(0);
  });
});

function line(loop: Loop, event: string): Promise<LedgerEntry> {
  return waitFor(`the ledger tells "${event}"`, () => loop.ledger().find((entry) => entry.event === event), {
    timeoutMs: 60_000,
  });
}

/** Waits until the remediator has nothing to do. */
async function settled(loop: Loop): Promise<void> {
  await waitFor('the queue is empty', async () =>
    (await loop.metrics('remediator')).includes('\nfettle_repair_queue_length 0\n') ? true : undefined,
  );
}

/** The notification that led to the first intake, once more. */
function copyOf(loop: Loop, startsAt?: string) {
  const received = loop.ledger()[0];
  return notificationBody([
    alertEntry({
      labels: Object(received?.['labels']),
      startsAt: startsAt ?? String(received?.['startsAt']),
      fingerprint: String(received?.['fingerprint']),
    }),
  ]);
}

function railsOf(refused: LedgerEntry): readonly unknown[] {
  const denials = refused['denials'];
  return Array.isArray(denials) ? denials.map((denial) => Reflect.get(Object(denial), 'rail')) : [];
}

function fingerprintOf(text: string): string {
  return Buffer.from(`x${text}`).toString('hex').slice(0, 32);
}

async function activeSince(loop: Loop, unit: string): Promise<string> {
  return (await loop.lab.run(['systemctl', 'show', '-p', 'InvocationID', unit])).stdout;
}
