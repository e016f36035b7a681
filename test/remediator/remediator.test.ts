import { describe, expect, it } from 'vitest';
import type { LedgerLine } from '../../src/domain/ledger.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Unit } from '../../src/domain/unit.ts';
import { createRehearsal } from '../../src/managers/rehearsal.ts';
import { RAILS } from '../../src/policy/rails.ts';
import { type Remediator, startRemediator } from '../../src/remediator/remediator.ts';
import { createFakeLedger, eventsOf, type FakeDisk, lineOf } from '../fakes/ledger.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import {
  afterNoon,
  anAlert,
  aPolicy,
  aPolicySet,
  aUnit,
  createFakeClock,
  createFakeManager,
} from '../fakes/repairs.ts';
import { waitFor } from '../lab/wait.ts';

const failed = aUnit();
const active = aUnit({ activeState: 'active', subState: 'running', invocationId: 'after' });
const repairable = (actions: number) => (actions > 0 ? active : failed);

interface SetUp {
  readonly policies?: readonly Policy[];
  readonly before?: readonly LedgerLine[];
  readonly unitAfter?: (actions: number) => Unit | undefined;
  readonly protectedUnits?: readonly string[];
}

async function setUp({
  policies = [aPolicy()],
  before = [],
  unitAfter = repairable,
  protectedUnits,
}: SetUp = {}) {
  const { ledger, disk } = createFakeLedger(before);
  const manager = createFakeManager(unitAfter);
  const clock = createFakeClock();
  const { log, lines } = recordedLog();
  let ids = 0;
  const remediator = await startRemediator({
    ledger,
    policies: () => aPolicySet(policies, protectedUnits),
    rails: RAILS,
    manager,
    rehearsal: createRehearsal(manager),
    clock,
    createId: () => `n${++ids}`,
    log,
  });
  const logged = () => lines.map(({ level, message }) => `${level}: ${message}`);
  return { remediator, manager, disk, logged };
}

async function idle(remediator: Remediator): Promise<void> {
  await waitFor('the queue is empty', () => (remediator.read().queueLength === 0 ? true : undefined));
}

function lastLine(disk: FakeDisk): unknown {
  return JSON.parse(disk.texts.at(-1) ?? '{}');
}

describe('an alert', () => {
  it('leads to one repair, every station of it written down', async () => {
    const { remediator, manager, disk } = await setUp();
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service']);
    expect(eventsOf(disk)).toEqual(['received', 'started', 'finished']);
    expect(lastLine(disk)).toMatchObject({
      id: 'n1',
      unit: 'a.service',
      result: 'succeeded',
      invocationId: 'after',
    });
  });

  it('leads to nothing in dry run but a line that says what would have been', async () => {
    const { remediator, manager, disk } = await setUp({ policies: [aPolicy({ mode: 'dry-run' })] });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(eventsOf(disk)).toEqual(['received', 'rehearsed']);
    expect(lastLine(disk)).toMatchObject({
      detail: 'dry run: would restart a.service, which is failed (failed)',
    });
  });

  it('is refused inside the cooldown, with the time to ask again', async () => {
    const { remediator, manager, disk } = await setUp({ unitAfter: () => failed });
    await remediator.accept([anAlert()]);
    await remediator.accept([anAlert({ startsAt: afterNoon(10) })]);
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service']);
    expect(lastLine(disk)).toMatchObject({
      event: 'refused',
      denials: [{ rail: 'cooldown', retryAt: expect.any(String) }],
    });
  });

  it('never puts a name that is no unit name on the bus', async () => {
    let looks = 0;
    const { remediator, disk } = await setUp({
      unitAfter: () => {
        looks++;
        return failed;
      },
    });
    await remediator.accept([anAlert({ unit: 'a.service; reboot' })]);
    await idle(remediator);
    expect(looks).toBe(0);
    expect(lastLine(disk)).toMatchObject({ event: 'refused', unit: 'a.service; reboot' });
  });

  it('is refused when its policy no longer fits it by the time it is decided about', async () => {
    const { remediator, manager, disk } = await setUp({
      before: [lineOf.received()],
      policies: [
        aPolicy({ when: [{ label: 'alertname', text: '', matches: (value) => value === 'Other' }] }),
      ],
    });
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(lastLine(disk)).toMatchObject({ event: 'refused', denials: [{ rail: 'policy-changed' }] });
  });

  it('is not given up because the bus is gone for a while', async () => {
    let looks = 0;
    const { remediator, manager } = await setUp({
      unitAfter: (actions) => {
        if (++looks < 5) throw new Error('the bus is gone');
        return repairable(actions);
      },
    });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service']);
  });

  it('is left for the next start when fettle is stopped before the decision', async () => {
    const { remediator, disk } = await setUp({
      unitAfter: () => {
        void remediator.stop();
        throw new Error('fettle is being stopped');
      },
    });
    await remediator.accept([anAlert()]);
    await remediator.stop();
    expect(eventsOf(disk)).toEqual(['received']);
  });

  it('is refused, until the next notification, when the unit cannot be looked at', async () => {
    const { remediator, disk } = await setUp({
      unitAfter: () => {
        throw new Error('the bus is gone');
      },
    });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(lastLine(disk)).toMatchObject({
      event: 'refused',
      denials: [
        {
          rail: 'inspect',
          reason: 'the unit could not be looked at: the bus is gone',
          retryAt: expect.any(String),
        },
      ],
    });
  });

  it('is refused when its policy is gone by the time it is decided about', async () => {
    const { remediator, manager, disk } = await setUp({
      before: [lineOf.received()],
      policies: [aPolicy({ name: 'another' })],
    });
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(lastLine(disk)).toMatchObject({ event: 'refused', denials: [{ rail: 'policy-changed' }] });
  });
});

describe('a disk that takes no more', () => {
  it('lets nothing be done that could not be written down first', async () => {
    const { remediator, manager, disk, logged } = await setUp({
      unitAfter: (actions) => {
        // Full from the first look on: after "received", before "started".
        if (actions === 0) disk.full = true;
        return repairable(actions);
      },
    });
    await remediator.accept([anAlert()]);
    await waitFor('it has been told', () => (logged().length > 0 ? true : undefined));
    expect(manager.acted).toEqual([]);
    expect(eventsOf(disk)).toEqual(['received']);
    expect(logged()).toContain('error: no decision yet; trying again');
    expect(remediator.read().ledgerErrors).toBeGreaterThan(0);
    await remediator.stop();
  });

  it('does not repeat a repair of which the end could not be written down, and tells it in the end', async () => {
    let looks = 0;
    const { remediator, manager, disk, logged } = await setUp({
      unitAfter: (actions) => {
        if (actions > 0) disk.full = ++looks > 3;
        return repairable(actions);
      },
    });
    await remediator.accept([anAlert()]);
    await waitFor('the disk is full', () =>
      logged().includes('error: the end of a repair cannot be written down yet') ? true : undefined,
    );
    expect(eventsOf(disk)).toEqual(['received', 'started']);
    disk.full = false;
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service']);
    expect(eventsOf(disk)).toEqual(['received', 'started', 'finished']);
  });
});

describe('the start after an end in the middle', () => {
  it('counts a repair that never finished as a failed attempt and does not try it again', async () => {
    const { remediator, manager, disk } = await setUp({ before: [lineOf.received(), lineOf.started()] });
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(lastLine(disk)).toMatchObject({ event: 'finished', id: 'i1', result: 'interrupted' });
    await remediator.accept([anAlert({ startsAt: afterNoon(1) })]);
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(lastLine(disk)).toMatchObject({ event: 'refused', denials: [{ rail: 'cooldown' }] });
  });

  it('decides about an alert that was taken in and not decided about', async () => {
    const { remediator, manager, disk } = await setUp({ before: [lineOf.received()] });
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service']);
    expect(eventsOf(disk)).toEqual(['received', 'started', 'finished']);
  });

  it('refuses such an alert if the unit has come back', async () => {
    const { remediator, manager, disk } = await setUp({
      before: [lineOf.received()],
      unitAfter: () => active,
    });
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(lastLine(disk)).toMatchObject({ denials: [{ rail: 'already-healthy' }] });
  });
});

describe('what the remediator tells of itself', () => {
  it('has every counter of every policy at 0 before the first event', async () => {
    const { remediator } = await setUp();
    const { decisions, repairs, alerts, lastRepairSeconds } = remediator.read();
    expect(decisions.map(({ decision, reason }) => `${decision} ${reason}`)).toEqual([
      'run ',
      'rehearse ',
      ...RAILS.map(({ name }) => `refuse ${name}`),
    ]);
    expect(repairs.map(({ result }) => result)).toEqual(['succeeded', 'failed', 'interrupted']);
    expect([...decisions, ...repairs, ...alerts].every(({ count }) => count === 0)).toBe(true);
    expect(lastRepairSeconds).toBeUndefined();
  });

  it('lists what happened, newest first', async () => {
    const { remediator } = await setUp();
    await remediator.accept([anAlert()]);
    await remediator.accept([anAlert({ unit: 'b.service', fingerprint: 'f2' })]);
    await idle(remediator);
    expect(remediator.recent(10)).toMatchObject([
      { unit: 'b.service', outcome: 'refused', seconds: null },
      {
        unit: 'a.service',
        outcome: 'succeeded',
        invocationBefore: 'before',
        invocationAfter: 'after',
        seconds: 3,
      },
    ]);
  });
});
