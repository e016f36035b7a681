import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROTECTED_UNITS } from '../../src/domain/protected-units.ts';
import type { Unit } from '../../src/domain/unit.ts';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { aPolicy, aUnit } from '../fakes/repairs.ts';
import type { LedgerEntry } from '../lab/loop.ts';
import { BAD_NAMES, FOREIGN_NAMES } from './bad-names.ts';
import { PATIENT, startWhole, type Whole, type WholeOptions } from './whole.ts';

/** What becomes of an alert that names this unit. */
async function asked(whole: Whole, unit: string, labels: Readonly<Record<string, string>> = {}) {
  const alert = { labels: { alertname: 'UnitFailed', unit, ...labels }, startsAt: '2026-11-21T12:00:00Z' };
  expect((await whole.post(notificationBody([alertEntry(alert)]))).status).toBe(200);
  await whole.idle();
  return whole.ledger().at(-1);
}

function railsOf(line: LedgerEntry | undefined): readonly unknown[] {
  const denials = line?.['denials'];
  return Array.isArray(denials) ? denials.map((denial) => Reflect.get(Object(denial), 'rail')) : [];
}

const start = (options: WholeOptions = {}) =>
  startWhole({ settings: { protectedUnits: PROTECTED_UNITS }, ...options });

describe('a label that is the name of no unit', PATIENT, () => {
  it.each(BAD_NAMES)('is refused, written down as it is, and never asked about: %s', async (_what, unit) => {
    const whole = await start();
    const line = await asked(whole, unit);
    expect(line).toMatchObject({ event: 'refused', unit });
    expect(railsOf(line)).toEqual(expect.arrayContaining(['allow-list', 'unit-restartable']));
    expect([...whole.looked, ...whole.acted]).toEqual([]);
    await whole.restart();
    expect(whole.recent(1)).toMatchObject([{ unit, outcome: 'refused' }]);
  });

  it('is refused even where somebody had allowed it', async () => {
    for (const [, unit] of BAD_NAMES) {
      const whole = await start({ policies: [aPolicy({ allow: [unit] })] });
      expect(railsOf(await asked(whole, unit))).toContain('unit-restartable');
      expect([...whole.looked, ...whole.acted]).toEqual([]);
    }
  });

  it.each(FOREIGN_NAMES)('is refused where it is that of a unit of no policy: %s', async (_what, unit) => {
    const whole = await start();
    const line = await asked(whole, unit);
    expect(railsOf(line)).toEqual(expect.arrayContaining(['allow-list', 'protected-unit']));
    expect([...whole.looked, ...whole.acted]).toEqual([]);
  });

  it('is refused whatever else it is, unless it is the very unit that is allowed', async () => {
    const whole = await start();
    const near = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `a.service${text}`),
      fc.string().map((text) => `${text}a.service`),
      fc.mixedCase(fc.constant('a.service')),
    );
    const units = fc.sample(near, { numRuns: 300, seed: 6 }).filter((unit) => unit !== 'a.service');
    const entries = units.map((unit, index) =>
      alertEntry({
        labels: { alertname: 'UnitFailed', unit },
        startsAt: '2026-11-21T12:00:00Z',
        fingerprint: index.toString(16),
      }),
    );
    expect((await whole.post(notificationBody(entries))).status).toBe(200);
    await whole.idle();
    expect(whole.ledger().filter(({ event }) => event === 'refused')).toHaveLength(units.length);
    expect([...whole.looked, ...whole.acted]).toEqual([]);
  });
});

describe('a unit that is allowed', PATIENT, () => {
  it('is repaired: that the others are not has another reason', async () => {
    const whole = await start();
    expect(await asked(whole, 'a.service')).toMatchObject({ event: 'ended', ending: 'repaired' });
    expect(whole.acted).toMatchObject([{ name: 'a.service' }]);
  });

  it.each<[string, Partial<Unit>]>([
    ['by its own name', { id: 'sshd.service', names: ['a.service', 'sshd.service'] }],
    ['by another one', { id: 'a.service', names: ['a.service', 'ssh.service'] }],
  ])('is left alone where it is another name of a protected one, %s', async (_what, changes) => {
    const whole = await start({ unitOf: () => aUnit(changes) });
    expect(railsOf(await asked(whole, 'a.service'))).toEqual(['protected-unit']);
    expect(whole.acted).toEqual([]);
  });

  it.each([
    [{ scope: 'user' }],
    [{ scope: 'user', user: 'alice' }],
    [{ scope: 'SYSTEM' }],
    [{ scope: ' system' }],
    [{ scope: 'system\0' }],
  ])('is left alone if the alert is about the manager of a user: %j', async (labels) => {
    const whole = await start();
    expect(railsOf(await asked(whole, 'a.service', labels))).toEqual(['system-manager']);
    expect(whole.acted).toEqual([]);
  });

  it('is what the label of the policy says, whatever other labels say', async () => {
    const whole = await start();
    const labels = { host: 'evil', instance: 'sshd.service', name: 'dbus.service', Unit: 'sshd.service' };
    expect(
      await asked(whole, 'a.service', { ...labels, policy: 'q', id: 'n7', event: 'ended' }),
    ).toMatchObject({
      event: 'ended',
      unit: 'a.service',
      policy: 'p',
    });
    expect(new Set([...whole.looked, ...whole.acted.map(({ name }) => name)])).toEqual(
      new Set(['a.service']),
    );
  });
});
