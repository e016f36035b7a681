import { describe, expect, it } from 'vitest';
import type { Unit } from '../../src/domain/unit.ts';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { aPolicy, aUnit } from '../fakes/repairs.ts';
import type { LedgerEntry } from '../lab/loop.ts';
import { PATIENT, startWhole, type Whole } from './whole.ts';

const NOON = '2026-11-21T12:00:00.000Z';

const entry = (given: Readonly<Record<string, unknown>> = {}, unit = 'a.service') =>
  alertEntry({ labels: { alertname: 'UnitFailed', unit }, startsAt: NOON, fingerprint: 'abc1', ...given });

/** On a clock that only sleepers move, who waits for others waits for too long. */
const AT_ONCE = { budget: { concurrent: 3, limits: [{ count: 6, windowSeconds: 3600 }] } };

const LAST: readonly string[] = ['refused', 'rehearsed', 'ended'];

/** That each intake of a ledger has exactly one last line. */
function expectOneEndEach(lines: readonly LedgerEntry[]): void {
  const idsOf = (events: readonly string[]) =>
    lines.filter(({ event }) => events.includes(event)).map((line) => line['id']);
  expect(idsOf(LAST).toSorted()).toEqual(idsOf(['received']).toSorted());
}

/** Units each of which is well once it was restarted after it last went down. */
function units() {
  const downSince = new Map<string, number>();
  const whole: { current?: Whole } = {};
  const count = (name: string) => whole.current?.acted.filter((one) => one.name === name).length ?? 0;
  return {
    watch: (started: Whole) => {
      whole.current = started;
    },
    goesDown: (name: string) => downSince.set(name, count(name)),
    unitOf(name: string): Unit {
      const runs = count(name);
      const isUp = runs > (downSince.get(name) ?? 0);
      const state = isUp ? ({ activeState: 'active', subState: 'running' } as const) : {};
      return aUnit({ id: name, invocationId: `run ${runs}`, ...state });
    },
  };
}

describe('the same notification a thousand times', PATIENT, () => {
  it('leads to one repair, a restart of fettle in between', async () => {
    const whole = await startWhole();
    const outcomes: unknown[] = [];
    const send = async (times: number) => {
      for (let sent = 0; sent < times; sent += 50) {
        const answers = await Promise.all(
          Array.from({ length: 50 }, () => whole.post(notificationBody([entry()]))),
        );
        outcomes.push(...answers.map(({ answer }) => Reflect.get(Object(answer), 'alerts')[0].outcome));
      }
    };
    await send(500);
    await whole.idle();
    await whole.restart();
    await send(500);
    await whole.idle();
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(999);
    expect(whole.acted).toHaveLength(1);
    expect(whole.ledger().map(({ event }) => event)).toEqual(['received', 'started', 'finished', 'ended']);
  });
});

describe('an alert that fires and is over every few seconds for ten minutes', PATIENT, () => {
  async function flap(baseSeconds: number, everySeconds: number, startsAnew: boolean) {
    const flapping = units();
    const cooldown = { baseSeconds, factor: 2, maxSeconds: 36_000, resetAfterSeconds: 86_400 };
    const whole = await startWhole({
      policies: [aPolicy({ cooldown, limits: [] })],
      settings: { budget: { concurrent: 1, limits: [] } },
      unitOf: flapping.unitOf,
    });
    flapping.watch(whole);
    while (whole.clock.elapsedMs() < 600_000) {
      const startsAt = startsAnew ? whole.clock.now().toISOString() : NOON;
      flapping.goesDown('a.service');
      expect((await whole.post(notificationBody([entry({ startsAt })]))).status).toBe(200);
      await whole.idle();
      whole.clock.advance(everySeconds);
      const resolved = entry({ startsAt, status: 'resolved' });
      expect((await whole.post(notificationBody([resolved]))).status).toBe(200);
      whole.clock.advance(everySeconds);
    }
    await whole.idle();
    expectOneEndEach(whole.ledger());
    return whole;
  }

  it.each([true, false])(
    'leads to one repair within the cooldown (each time with a new start: %s)',
    async (anew) => {
      const { acted, ledger } = await flap(900, 2.5, anew);
      expect(acted).toHaveLength(1);
      expect(ledger().filter(({ event }) => event === 'resolved').length).toBeGreaterThan(0);
    },
  );

  it('leads to further ones only after cooldowns that become longer', async () => {
    const { acted } = await flap(60, 2.5, true);
    const pauses = acted.slice(1).map(({ seconds }, index) => seconds - (acted[index]?.seconds ?? 0));
    expect(pauses.length).toBeGreaterThan(1);
    for (const [index, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(60 * 2 ** index);
  });
});

describe('two Alertmanagers that do not know of each other', PATIENT, () => {
  it('lead to one repair of each unit, whichever of them is heard first', async () => {
    const names = ['a.service', 'b.service', 'c.service'];
    const both = units();
    const whole = await startWhole({
      policies: [aPolicy({ allow: names })],
      settings: AT_ONCE,
      unitOf: both.unitOf,
    });
    both.watch(whole);
    const alerts = names.map((name, index) => entry({ fingerprint: `f${index}` }, name));
    const first = notificationBody(alerts, { externalURL: 'http://one.example' });
    const second = notificationBody(alerts.toReversed(), {
      externalURL: 'http://two.example',
      groupKey: 'x',
    });
    for (let round = 0; round < 10; round++) await Promise.all([whole.post(first), whole.post(second)]);
    await whole.idle();
    expect(whole.acted.map(({ name }) => name).toSorted()).toEqual(names);
    expectOneEndEach(whole.ledger());
    expect(whole.ledger().filter(({ event }) => event === 'received')).toHaveLength(3);
  });
});

describe('thousands of alerts in one notification', PATIENT, () => {
  it('are all taken in and come to their ends, and not one of hundreds of units is touched', async () => {
    const allow = Array.from({ length: 500 }, (_, index) => `u${index}.service`);
    const unitOf = (name: string) => aUnit({ id: name });
    const whole = await startWhole({ policies: [aPolicy({ allow })], unitOf, onDisk: false });
    const alerts = Array.from({ length: 2000 }, (_, index) =>
      entry({ fingerprint: index.toString(16) }, `u${index % 1000}.service`),
    );
    const { status, answer } = await whole.post(notificationBody(alerts));
    expect([status, Reflect.get(Object(answer), 'alerts').length]).toEqual([200, 2000]);
    await whole.idle();
    expect(whole.acted).toEqual([]);
    expect(whole.ledger()).toHaveLength(4000);
    expectOneEndEach(whole.ledger());
  });

  it('lead to one repair where they are all about one unit', async () => {
    const whole = await startWhole({ onDisk: false });
    const alerts = Array.from({ length: 2000 }, (_, index) => entry({ fingerprint: index.toString(16) }));
    expect((await whole.post(notificationBody(alerts))).status).toBe(200);
    await whole.idle();
    expect(whole.acted).toHaveLength(1);
    expectOneEndEach(whole.ledger());
  });
});

describe('a notification that leaves alerts out', PATIENT, () => {
  it.each([9998, 1, 1e308])(
    'is taken for what is in it, and somebody is told (%d left out)',
    async (truncatedAlerts) => {
      const whole = await startWhole();
      expect((await whole.post(notificationBody([entry()], { truncatedAlerts }))).status).toBe(200);
      await whole.idle();
      expect(whole.acted).toHaveLength(1);
      expect(whole.logged).toContainEqual({
        level: 'warn',
        fields: { truncated: truncatedAlerts },
        message: expect.stringContaining('alerts were left out'),
      });
    },
  );

  it.each([-1, null, '9998', {}, true])(
    'is as any other where it does not say how many: %j',
    async (truncatedAlerts) => {
      const whole = await startWhole();
      expect((await whole.post(notificationBody([entry()], { truncatedAlerts }))).status).toBe(200);
      await whole.idle();
      expect(whole.acted).toHaveLength(1);
      expect(whole.logged.filter(({ level }) => level !== 'info')).toEqual([]);
    },
  );
});

describe('a notification of alerts that fire and alerts that are over', PATIENT, () => {
  it.each(['firing', 'resolved'])(
    'leads to repairs of those that fire, whatever it says of itself: %s',
    async (status) => {
      const mixed = units();
      const allow = ['a.service', 'b.service', 'c.service'];
      const whole = await startWhole({ policies: [aPolicy({ allow })], unitOf: mixed.unitOf });
      mixed.watch(whole);
      const alerts = [
        entry({ status: 'resolved', fingerprint: 'f1' }, 'a.service'),
        entry({ status: 'firing', fingerprint: 'f2' }, 'b.service'),
        entry({ status: 'resolved', fingerprint: 'f3' }, 'c.service'),
      ];
      expect(await whole.post(notificationBody(alerts, { status }))).toMatchObject({
        status: 200,
        answer: { alerts: [{ outcome: 'resolved' }, { outcome: 'accepted' }, { outcome: 'resolved' }] },
      });
      await whole.idle();
      expect(whole.acted).toMatchObject([{ name: 'b.service' }]);
      expect(whole.ledger().filter(({ event }) => event === 'resolved')).toEqual([]);
    },
  );

  it('leads to no second repair where the end of an alert overtakes it', async () => {
    const whole = await startWhole();
    const over = entry({ status: 'resolved' });
    for (const alerts of [[over], [over, entry()], [entry(), over], [entry()], [over]]) {
      expect((await whole.post(notificationBody(alerts))).status).toBe(200);
    }
    await whole.idle();
    expect(whole.acted).toHaveLength(1);
    expectOneEndEach(whole.ledger());
  });
});
