import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startFettle } from '../cli/run-fettle.ts';
import { lineOf, writtenLines } from '../fakes/ledger.ts';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { waitFor } from '../lab/wait.ts';

const LINES = writtenLines([
  lineOf.received(),
  lineOf.started(),
  lineOf.finished(),
  lineOf.ended(),
  lineOf.received({ id: 'i2', fingerprint: 'f2' }),
  lineOf.refused({ id: 'i2' }),
]);

const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

const TOKEN = 'the-token-of-this-test';

const BODY = JSON.stringify(
  notificationBody([alertEntry({ labels: { alertname: 'UnitFailed', unit: 'a.service' } })]),
);

/** Both halves of fettle on a ledger of this text, once its remediator has made up its mind. */
async function startOn(ledgerText: string) {
  const folder = tempFolder({ 'ledger.jsonl': ledgerText, token: `${TOKEN}\n` });
  const ledger = join(folder, 'ledger.jsonl');
  const policy = {
    name: 'p',
    when: ['alertname = "UnitFailed"'],
    unit: '{{ labels.unit }}',
    allow: ['b.service'],
  };
  const remediator = {
    listen: '127.0.0.1:0',
    mode: 'enforce',
    token_file: join(folder, 'token'),
    ledger,
    policies: [policy],
  };
  const config = join(folder, 'fettle.yml');
  writeFileSync(config, JSON.stringify({ exporter: { listen: '127.0.0.2:0' }, remediator }));
  const { child, ended, logged } = startFettle(['serve', '--config', config], onTestFinished);
  const { address } = await logged('remediator is listening');
  const exporter = (await logged('exporter is listening'))['address'];
  const ready = await waitFor('the ledger has been read', async () => {
    const reply = await fetch(`http://${address}/-/ready`);
    const text = await reply.text();
    return text.includes('is being read') ? undefined : { status: reply.status, text };
  });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  const post = () => fetch(`http://${address}/api/v1/webhook`, { method: 'POST', headers, body: BODY });
  return {
    ledger: () => readFileSync(ledger, 'utf8'),
    ready,
    webhook: (await post()).status,
    exporter: (await fetch(`http://${exporter}/metrics`)).status,
    async stop() {
      child.kill('SIGTERM');
      return await ended;
    },
  };
}

describe('fettle serve on a ledger that is not as it was written', () => {
  it.each([
    [
      'a byte in the middle is another one',
      textOf(LINES).replace('"event":"finished"', '"event":"finishee"'),
      3,
    ],
    ['a line in the middle is missing', textOf(LINES.toSpliced(1, 1)), 2],
    [
      'a line in the middle is cut off',
      textOf(LINES.map((line, index) => (index === 3 ? line.slice(0, 40) : line))),
      4,
    ],
    [
      'zeros stand in the middle, as after a power cut',
      `${textOf(LINES.slice(0, 2))}${'\0'.repeat(512)}\n${textOf(LINES.slice(2))}`,
      3,
    ],
    ['it is something else', '<html></html>\n', 1],
  ])('repairs nothing, answers 503, says where, and goes on exporting: %s', async (_what, text, number) => {
    const { ready, webhook, exporter, ledger, stop } = await startOn(text);
    expect([ready.status, webhook, exporter]).toEqual([503, 503, 200]);
    expect(/\/ledger\.jsonl:(\d+)/.exec(ready.text)?.[1]).toBe(String(number));
    expect(ready.text).toContain('Nothing is repaired');
    expect(await stop()).toMatchObject({ code: 0 });
    expect(ledger()).toBe(text);
  });

  it('goes on where only the end of the last line is missing, which nobody was promised', async () => {
    const torn = textOf(LINES) + (LINES[0] ?? '').slice(0, 100);
    const { ready, webhook, exporter, ledger, stop } = await startOn(torn);
    expect([ready.status, webhook, exporter]).toEqual([200, 200, 200]);
    expect((await stop()).stderr).toContain('cut a half-written line off the ledger');
    expect(ledger().startsWith(textOf(LINES))).toBe(true);
    expect(ledger()).not.toContain(torn);
  });
});
