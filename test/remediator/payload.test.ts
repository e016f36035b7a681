import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePayload } from '../../src/remediator/payload.ts';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';

const LABELS = { alertname: 'UnitFailed', unit: 'a.service' };
const ALERT = alertEntry({ labels: LABELS, startsAt: '2026-11-21T12:00:00.123456789Z' });

describe('a notification', () => {
  it('gives each alert with its own status, whatever the notification says as a whole', () => {
    const parsed = parsePayload({
      ...notificationBody([ALERT, { ...ALERT, status: 'resolved' }]),
      status: 'firing',
    });
    expect(parsed).toMatchObject({
      ok: true,
      alerts: [{ status: 'firing' }, { status: 'resolved' }],
      truncated: 0,
    });
  });

  it('reads labels, start and fingerprint', () => {
    const parsed = parsePayload(notificationBody([{ ...ALERT, fingerprint: 'd0cba94e648d96b2' }]));
    expect(parsed).toEqual({
      ok: true,
      truncated: 0,
      alerts: [
        {
          status: 'firing',
          labels: new Map(Object.entries(LABELS)),
          startsAt: new Date('2026-11-21T12:00:00.123Z'),
          fingerprint: 'd0cba94e648d96b2',
        },
      ],
    });
  });

  it('takes keys that newer Alertmanagers add, and tells how many alerts were left out', () => {
    const body = {
      ...notificationBody([ALERT]),
      notification_reason: 'new alerts added',
      truncatedAlerts: 3,
    };
    expect(parsePayload(body)).toMatchObject({ ok: true, truncated: 3 });
  });

  it('keeps labels apart from the prototype of objects', () => {
    const body: unknown = JSON.parse(
      `{"version":"4","alerts":[{"status":"firing","startsAt":"2026-11-21T12:00:00Z","fingerprint":"a1",
        "labels":{"__proto__":"x","constructor":"y","toString":"z"}}]}`,
    );
    const parsed = parsePayload(body);
    expect(parsed.ok && [...(parsed.alerts[0]?.labels ?? [])]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['toString', 'z'],
    ]);
    expect(parsed.ok && parsed.alerts[0]?.labels.get('valueOf')).toBeUndefined();
  });

  it.each([
    ['a list', [], 'expected a JSON object'],
    ['null', null, 'expected a JSON object'],
    [
      'another version',
      { version: '5', alerts: [] },
      'version: expected "4", the payload that Alertmanager sends; got "5"',
    ],
    ['a number as version', { version: 4, alerts: [] }, 'got 4'],
    ['no alerts', { version: '4' }, 'alerts: expected a list; got nothing'],
    ['an alert that is none', { version: '4', alerts: [7] }, 'alerts[0]: expected an object; got 7'],
  ])('is refused if it is %s', (_what, body, problem) => {
    expect(parsePayload(body)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  it.each([
    ['status', 'pending', 'alerts[1].status: expected firing or resolved; got "pending"'],
    ['labels', { a: 1 }, 'alerts[1].labels: expected an object of texts; got {"a":1}'],
    ['labels', null, 'alerts[1].labels: expected an object of texts; got null'],
    [
      'startsAt',
      'yesterday',
      'alerts[1].startsAt: expected a time such as 2026-01-31T12:00:00Z; got "yesterday"',
    ],
    ['startsAt', Number.NaN, 'alerts[1].startsAt'],
    ['fingerprint', '../x', 'alerts[1].fingerprint: expected hexadecimal digits; got "../x"'],
    ['fingerprint', '', 'alerts[1].fingerprint'],
  ])('is refused as a whole if one alert has a bad %s (%j)', (key, value, problem) => {
    const body = notificationBody([ALERT, { ...ALERT, [key]: value }]);
    expect(parsePayload(body)).toEqual({
      ok: false,
      problem: expect.stringContaining(problem),
    });
  });

  it('never throws, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parsePayload(value).ok).toBe(false);
        expect(() => parsePayload({ version: '4', alerts: [value] })).not.toThrow();
      }),
    );
  });

  it('says little of what was sent', () => {
    const parsed = parsePayload({ version: 'x'.repeat(10_000), alerts: [] });
    expect(parsed.ok ? 0 : parsed.problem.length).toBeLessThan(200);
  });
});
