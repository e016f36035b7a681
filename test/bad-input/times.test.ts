import { describe, expect, it } from 'vitest';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { afterNoon } from '../fakes/repairs.ts';
import { PATIENT, startWhole } from './whole.ts';

/** An alert of a unit that is ill, at noon of the fake clock. */
const body = (times: Readonly<Record<string, unknown>>) =>
  notificationBody([alertEntry({ labels: { alertname: 'UnitFailed', unit: 'a.service' }, ...times })]);

const NOW = '2026-11-21T12:00:00Z';

describe('a start that is no time', PATIENT, () => {
  it.each([
    'NaN',
    'Invalid Date',
    '',
    'now',
    'soon 1',
    '1',
    '1763726400',
    '2026',
    '2026-11-21',
    '2026-11-21T12:00',
    '2026-11-21T12:00:00',
    '2026-11-21 12:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-21T25:00:00Z',
    '2026-11-21T12:00:00+99:99',
    'Sat, 21 Nov 2026 12:00:00 GMT',
    '+275760-09-13T00:00:00Z',
    '2026-11-21T12:00:00Z\n',
    '２０２６-11-21T12:00:00Z',
    null,
    0,
    1_763_726_400_000,
    true,
    ['2026-11-21T12:00:00Z'],
    {},
  ])('is refused: %j', async (startsAt) => {
    const whole = await startWhole();
    expect(await whole.post(body({ startsAt }))).toMatchObject({
      status: 400,
      answer: { error: expect.stringMatching(/^alerts\[0\]\.startsAt: expected a time/) },
    });
    await whole.idle();
    expect([whole.ledger(), whole.looked, whole.acted]).toEqual([[], [], []]);
  });

  it.each(['2026-11-21T12:00:00.123456789Z', '2026-11-21T13:30:00.5+01:30', '2026-11-21T04:00:00-08:00'])(
    'is not what Alertmanager writes, which is taken: %s',
    async (startsAt) => {
      const whole = await startWhole();
      expect((await whole.post(body({ startsAt }))).status).toBe(200);
      await whole.idle();
      expect(whole.acted).toMatchObject([{ name: 'a.service' }]);
    },
  );
});

describe('a time that can hardly be true', PATIENT, () => {
  it.each([
    ['in 2099', '2099-01-01T00:00:00Z'],
    ['in the last year that there is', '9999-12-31T23:59:59Z'],
    ['in an hour', afterNoon(3600).toISOString()],
    ['last week', afterNoon(-7 * 86_400).toISOString()],
    ['in 1970', '1970-01-01T00:00:00Z'],
    ['in the first year, as Go writes no time', '0001-01-01T00:00:00Z'],
    ['in the year 0', '0000-01-01T00:00:00Z'],
  ])('is stale as a start, and nothing is done: %s', async (_what, startsAt) => {
    const whole = await startWhole();
    expect((await whole.post(body({ startsAt }))).status).toBe(200);
    await whole.idle();
    expect(whole.ledger().at(-1)).toMatchObject({ event: 'refused', denials: [{ rail: 'stale-alert' }] });
    expect(whole.acted).toEqual([]);
    // It can be read back, and the same one later is no news.
    await whole.restart();
    const before = whole.ledgerText();
    expect(await whole.post(body({ startsAt }))).toMatchObject({
      answer: { alerts: [{ outcome: 'duplicate' }] },
    });
    expect(whole.ledgerText()).toEqual(before);
  });

  it.each([
    ['before the start', afterNoon(-3600).toISOString()],
    ['in 2099', '2099-01-01T00:00:00Z'],
    ['that is no time', 'NaN'],
    ['that is a number', 7],
  ])('decides nothing as an end, which is a guess of Alertmanager: one %s', async (_what, endsAt) => {
    const whole = await startWhole();
    expect((await whole.post(body({ startsAt: NOW, endsAt }))).status).toBe(200);
    await whole.idle();
    expect(whole.acted).toMatchObject([{ name: 'a.service' }]);
  });

  it('leads to one repair, however the same start is written', async () => {
    const whole = await startWhole();
    const writings = [
      NOW,
      '2026-11-21T12:00:00.000Z',
      '2026-11-21T13:00:00+01:00',
      '2026-11-21T12:00:00.000000001Z',
    ];
    for (const startsAt of writings) await whole.post(body({ startsAt }));
    await whole.idle();
    expect(whole.ledger().filter(({ event }) => event === 'received')).toHaveLength(1);
    expect(whole.acted).toHaveLength(1);
  });
});
