import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProbeDeps } from '../../../src/app/probe-deps.ts';
import { readAlertState } from '../../../src/sources/alertmanager/source.ts';
import { describeStack } from '../../lab/describe-lab.ts';
import type { Service } from '../../lab/service-process.ts';
import { startAlertmanager } from '../../lab/stack.ts';
import { waitFor } from '../../lab/wait.ts';

const CONFIG = `
route: {receiver: none}
receivers: [{name: none}]
inhibit_rules:
  - source_matchers: [alertname = HostDown]
    target_matchers: [alertname = UnitDown]
    equal: [host]
`;

type Labels = Readonly<Record<string, string>>;

describeStack('the real Alertmanager', () => {
  let dir: string;
  let alertmanager: Service;

  beforeAll(async () => {
    dir = mkdtempSync(`${tmpdir()}/fettle-alertmanager-`);
    writeFileSync(`${dir}/alertmanager.yml`, CONFIG);
    alertmanager = await startAlertmanager({ configFile: `${dir}/alertmanager.yml`, dir });
  });
  afterAll(async () => {
    await alertmanager?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function post(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${alertmanager.url}/api/v2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return await response.json().catch(() => undefined);
  }

  /** Fires an alert, and gives its fingerprint. */
  async function fire(labels: Labels, endsAt?: Date): Promise<string> {
    await post('alerts', [{ labels, ...(endsAt === undefined ? {} : { endsAt: endsAt.toISOString() }) }]);
    if (endsAt !== undefined) return '';
    return await waitFor('the alert', async () => {
      const alerts: unknown = await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json();
      const rows = Array.isArray(alerts) ? alerts : [];
      return rows.find((row) => JSON.stringify(sorted(row.labels)) === JSON.stringify(sorted(labels)))
        ?.fingerprint;
    });
  }

  const sorted = (labels: Labels) => Object.entries(labels).sort();

  const stateOf = (fingerprint: string, labels: Labels) =>
    readAlertState(
      { url: alertmanager.url, bearerTokenFile: undefined, timeoutSeconds: 2 },
      { fingerprint, labels: new Map(Object.entries(labels)) },
      createProbeDeps('/proc'),
      AbortSignal.timeout(10_000),
    );

  const reaches = (fingerprint: string, labels: Labels, state: string) =>
    waitFor(`the state ${state}`, async () => {
      const now = await stateOf(fingerprint, labels);
      return now.state === state ? now : undefined;
    });

  it('says that an alert is active, silenced, active again and gone', async () => {
    const labels = { alertname: 'Life', unit: 'vllm@0.service' };
    const fingerprint = await fire(labels);
    expect(await reaches(fingerprint, labels, 'active')).toMatchObject({ silencedBy: [], inhibitedBy: [] });

    const matchers = [{ name: 'unit', value: 'vllm@0.service', isRegex: false, isEqual: true }];
    const hour = 3_600_000;
    const times = { startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + hour).toISOString() };
    const made = await post('silences', { matchers, ...times, createdBy: 'test', comment: 'test' });
    const silence = String(Reflect.get(Object(made), 'silenceID'));
    expect(await reaches(fingerprint, labels, 'suppressed')).toMatchObject({ silencedBy: [silence] });

    await fetch(`${alertmanager.url}/api/v2/silence/${silence}`, { method: 'DELETE' });
    await reaches(fingerprint, labels, 'active');
    await fire(labels, new Date());
    await reaches(fingerprint, labels, 'gone');
  });

  it('says which alert inhibits it', async () => {
    const source = { alertname: 'HostDown', host: 'box' };
    const target = { alertname: 'UnitDown', host: 'box', unit: 'a.service' };
    const by = await fire(source);
    const fingerprint = await fire(target);
    expect(await reaches(fingerprint, target, 'suppressed')).toMatchObject({
      silencedBy: [],
      inhibitedBy: [by],
    });
    await reaches(by, source, 'active');
  });

  it('knows no alert whose labels are the same and whose fingerprint is another', async () => {
    const labels = { alertname: 'Other' };
    await fire(labels);
    expect(await stateOf('0123456789abcdef', labels)).toMatchObject({ state: 'gone' });
  });

  it.each([
    'plain',
    'say "hi"',
    'back\\slash and \\n',
    'line\nbreak',
    '  spaces  ',
    'a=b,c!=d}{e=~".*"',
    "quo'te",
    'Ü-ключ-🙂',
    '%22&filter=x',
    '=~".*"',
    '\\',
    '"',
    'tab\there',
    `${'long '.repeat(3000)}end`,
  ])('is asked for exactly the label %j', async (value) => {
    const labels = { alertname: 'Odd', unit: value };
    const fingerprint = await fire(labels);
    await reaches(fingerprint, labels, 'active');
    const other = await fire({ alertname: 'Odd', unit: `${value}x` });
    expect(await stateOf(other, labels)).toMatchObject({ state: value.length > 10_000 ? 'active' : 'gone' });
  });
});
