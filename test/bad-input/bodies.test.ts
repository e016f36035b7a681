import { describe, expect, it } from 'vitest';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { startWhole, TOKEN } from './whole.ts';

/** A notification that would lead to a repair if it were taken. */
const GOOD = JSON.stringify(
  notificationBody([
    alertEntry({
      labels: { alertname: 'UnitFailed', unit: 'a.service' },
      startsAt: '2026-11-21T12:00:00Z',
      fingerprint: 'abc1',
    }),
  ]),
);

const USUAL = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };

describe('a body that is no notification', () => {
  it.each([
    ['cut off in the middle of a letter', Buffer.from(GOOD.replace('Failed', 'é')).subarray(0, 400)],
    ['of bytes that are no UTF-8', Buffer.alloc(5000, 0xff)],
    ['in UTF-16 without saying so', Buffer.from(GOOD, 'utf16le')],
    ['with a byte order mark twice', `\ufeff\ufeff${GOOD}`],
    ['with a comment', `/* good */ ${GOOD}`],
    ['with a comma too many', GOOD.replace(/\}$/, ',}')],
    ['that says NaN', GOOD.replace('"truncatedAlerts":0', '"truncatedAlerts":NaN')],
    ['of alerts in alerts', GOOD.replace('"alerts":[', '"alerts":[[').replace('],"group', ']],"group')],
    ['of another version', GOOD.replace('"version":"4"', '"version":"3"')],
    ['whose version is a number', GOOD.replace('"version":"4"', '"version":4')],
    ['whose last of two versions is another one', GOOD.replace(/\}$/, ',"version":"5"}')],
  ])('is refused when it is one %s', async (_what, body) => {
    const whole = await startWhole();
    expect((await whole.post(body)).status).toBe(400);
    await whole.idle();
    expect(whole.ledger()).toEqual([]);
    expect([...whole.looked, ...whole.acted]).toEqual([]);
  });

  it('is refused where it comes without a type, or as something else than JSON', async () => {
    const whole = await startWhole();
    for (const type of ['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const { status } = await whole.post(Buffer.from(GOOD), { 'content-type': type });
      expect({ type, status }).toEqual({ type, status: 415 });
    }
    for (const encoding of ['gzip', 'br', 'deflate', 'x']) {
      expect((await whole.post(GOOD, { 'content-encoding': encoding })).status).toBe(415);
    }
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH']) {
      const body = /GET|HEAD/.test(method) ? {} : { body: GOOD };
      const { status } = await fetch(`${whole.url}/api/v1/webhook`, { method, headers: USUAL, ...body });
      expect({ method, status }).toEqual({ method, status: 404 });
    }
    await whole.idle();
    expect(whole.ledger()).toEqual([]);
    expect([...whole.looked, ...whole.acted]).toEqual([]);
  });
});

describe('keys that are there twice', () => {
  it('count as in every JSON reader: the last one, and never both', async () => {
    const whole = await startWhole();
    const body = GOOD.replace('"unit":"a.service"', '"unit":"sshd.service","unit":"a.service"')
      .replace('"status":"firing","labels"', '"status":"resolved","status":"firing","labels"')
      .replace('"fingerprint"', '"fingerprint":"dddd","fingerprint"');
    expect(await whole.post(body)).toMatchObject({
      status: 200,
      answer: { alerts: [{ fingerprint: 'abc1', outcome: 'accepted', intakes: [{ unit: 'a.service' }] }] },
    });
    await whole.idle();
    expect(whole.acted).toMatchObject([{ name: 'a.service' }]);
    expect(whole.ledgerText().join('\n')).not.toMatch(/sshd|dddd/);
  });
});
