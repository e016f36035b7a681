import { describe, expect, it } from 'vitest';
import type { LedgerLine } from '../../src/domain/ledger.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { createIntake } from '../../src/remediator/intake.ts';
import { createFakeLedger, eventsOf, lineOf } from '../fakes/ledger.ts';
import { afterNoon, anAlert, aPolicy, aPolicySet, createFakeClock } from '../fakes/repairs.ts';

function setUp(policies: readonly Policy[] = [aPolicy()], before: readonly LedgerLine[] = []) {
  const clock = createFakeClock();
  const { ledger, disk } = createFakeLedger(before, clock.moment);
  const received: string[] = [];
  let ids = 0;
  const intake = createIntake({
    ledger,
    policies: () => aPolicySet(policies),
    clock,
    moment: clock.moment,
    createId: () => `n${++ids}`,
    onReceived: ({ received: { id } }) => {
      received.push(id);
    },
    onResolved: () => {
      received.push('resolved');
    },
  });
  const outcome = async (...alerts: Parameters<typeof intake.accept>[0]) =>
    (await intake.accept(alerts)).map((receipt) => receipt.outcome);
  return { intake, outcome, disk, ledger, clock, received };
}

describe('the intake', () => {
  it('writes a new alert down and hands it on', async () => {
    const { intake, disk, received } = setUp();
    expect(await intake.accept([anAlert()])).toEqual([
      {
        alertname: 'UnitFailed',
        fingerprint: 'f1',
        outcome: 'accepted',
        intakes: [{ id: 'n1', policy: 'p', unit: 'a.service' }],
      },
    ]);
    expect(eventsOf(disk)).toEqual(['received']);
    expect(received).toEqual(['n1']);
  });

  it('calls the same occurrence a duplicate, in the same notification and in later ones', async () => {
    const { outcome, received } = setUp();
    expect(await outcome(anAlert(), anAlert())).toEqual(['accepted']);
    expect(await outcome(anAlert())).toEqual(['duplicate']);
    expect(received).toEqual(['n1']);
  });

  it('calls it a duplicate when both copies arrive together', async () => {
    const { intake, received } = setUp();
    const both = await Promise.all([intake.accept([anAlert()]), intake.accept([anAlert()])]);
    expect(both.flat().map((receipt) => receipt.outcome)).toEqual(['accepted', 'duplicate']);
    expect(received).toEqual(['n1']);
  });

  it('knows a duplicate after a restart', async () => {
    const { outcome } = setUp([aPolicy()], [lineOf.received(), lineOf.refused()]);
    expect(await outcome(anAlert())).toEqual(['duplicate']);
  });

  it('takes the same alert in again when it starts anew', async () => {
    const { outcome } = setUp();
    expect(await outcome(anAlert(), anAlert({ startsAt: afterNoon(60) }))).toEqual(['accepted', 'accepted']);
  });

  it('asks again about a refusal whose time has come', async () => {
    const denials = [{ rail: 'cooldown', reason: '', retryAt: afterNoon(60).toISOString() }];
    const { outcome, clock } = setUp([aPolicy()], [lineOf.received(), lineOf.refused({ denials })]);
    expect(await outcome(anAlert())).toEqual(['duplicate']);
    clock.advance(60);
    expect(await outcome(anAlert())).toEqual(['accepted']);
  });

  it('makes one intake for each policy that an alert fits', async () => {
    const { intake, received } = setUp([
      aPolicy(),
      aPolicy({ name: 'q' }),
      aPolicy({ name: 'never', when: [] }),
    ]);
    const [receipt] = await intake.accept([anAlert()]);
    expect(receipt?.intakes.map(({ policy }) => policy)).toEqual(['p', 'q']);
    expect(received).toEqual(['n1', 'n2']);
  });

  it('writes nothing about an alert that fits no policy', async () => {
    const { outcome, disk } = setUp();
    expect(await outcome(anAlert({ labels: new Map([['alertname', 'Other']]) }))).toEqual(['unmatched']);
    expect(disk.texts).toEqual([]);
  });

  it('writes down once that an alert it knows is resolved, and nothing of others', async () => {
    const { outcome, disk } = setUp();
    await outcome(anAlert());
    expect(await outcome(anAlert({ status: 'resolved' }))).toEqual(['resolved']);
    await outcome(anAlert({ status: 'resolved' }));
    await outcome(anAlert({ status: 'resolved', fingerprint: 'f9' }));
    expect(eventsOf(disk)).toEqual(['received', 'resolved']);
  });

  it('takes nothing of a notification in that it cannot write down', async () => {
    const { intake, outcome, disk, received } = setUp();
    disk.full = true;
    await expect(intake.accept([anAlert()])).rejects.toThrow('no space left');
    expect(received).toEqual([]);
    disk.full = false;
    expect(await outcome(anAlert())).toEqual(['accepted']);
  });

  it('counts what became of alerts, from 0', async () => {
    const { intake, outcome } = setUp();
    await outcome(anAlert());
    await outcome(anAlert());
    const counts = Object.fromEntries(
      intake.outcomes.entries().map(({ words: [word], count }) => [word, count]),
    );
    expect(counts).toEqual({ accepted: 1, duplicate: 1, unmatched: 0, resolved: 0 });
  });
});
