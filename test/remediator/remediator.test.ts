import { describe, expect, it, onTestFinished } from 'vitest';
import type { Circumstances } from '../../src/domain/circumstances.ts';
import type { LedgerLine } from '../../src/domain/ledger.ts';
import type { Policy, PolicySet } from '../../src/domain/policy.ts';
import type { Step } from '../../src/domain/step.ts';
import type { LimitValues } from '../../src/domain/throttle.ts';
import type { Unit } from '../../src/domain/unit.ts';
import { createRehearsal } from '../../src/managers/rehearsal.ts';
import { RAILS } from '../../src/policy/rails.ts';
import { type Remediator, startRemediator } from '../../src/remediator/remediator.ts';
import { createFakeLedger, eventsOf, type FakeDisk, lineOf, throttledLine } from '../fakes/ledger.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import {
  afterNoon,
  anAlert,
  aPolicy,
  aPolicySet,
  aRestart,
  aUnit,
  circumstances,
  createFakeClock,
  createFakeManager,
  NOON,
} from '../fakes/repairs.ts';
import { waitFor } from '../lab/wait.ts';

const failed = aUnit();
const active = aUnit({ activeState: 'active', subState: 'running', invocationId: 'after' });
const repairable = (actions: number) => (actions > 0 ? active : failed);

interface SetUp {
  readonly policies?: readonly Policy[];
  readonly before?: readonly LedgerLine[];
  readonly unitAfter?: (actions: number, name: string) => Unit | undefined;
  readonly settings?: Partial<PolicySet>;
  readonly around?: Partial<Circumstances>;
  readonly limits?: LimitValues;
  readonly evidence?: () => Promise<string>;
}

async function setUp({
  policies = [aPolicy()],
  before = [],
  unitAfter = repairable,
  settings = {},
  around = {},
  limits,
  evidence = async () => 'hash',
}: SetUp = {}) {
  const clock = createFakeClock();
  const { ledger, disk } = createFakeLedger(before, clock.moment);
  const manager = createFakeManager(unitAfter, {}, limits);
  const { log, lines } = recordedLog();
  const policySet = aPolicySet(policies, settings);
  let ids = 0;
  let paused = false;
  const remediator = await startRemediator({
    ledger,
    policies: () => policySet,
    rails: RAILS,
    manager,
    rehearsal: createRehearsal(manager),
    circumstances: async () => circumstances(around),
    witnesses: {
      probe: async () => ({ known: false, why: 'there is none' }),
      gpuProcessesOf: async () => ({ known: true, value: [] }),
      gpuProcesses: async () => ({ known: true, value: [] }),
    },
    evidence,
    pause: async () => ({
      known: true,
      value: paused ? { since: NOON, until: undefined, reason: 'a test', by: 'me' } : undefined,
    }),
    clock,
    moment: clock.moment,
    createId: () => `n${++ids}`,
    log,
  });
  onTestFinished(() => remediator.stop());
  const pause = (now: boolean) => {
    paused = now;
  };
  const logged = () => lines.map(({ level, message }) => `${level}: ${message}`);
  return { remediator, manager, disk, logged, clock, pause };
}

async function idle(remediator: Remediator): Promise<void> {
  await waitFor('the queue is empty', async () => (await remediator.read()).queueLength === 0 || undefined);
}

function lineAt(disk: FakeDisk, index: number): unknown {
  return JSON.parse(disk.texts.at(index) ?? '{}');
}

function lastLine(disk: FakeDisk): unknown {
  return lineAt(disk, -1);
}

describe('a step', () => {
  it('is not taken any more if the machine slept between its decision and its order', async () => {
    const awake: { sleep: (seconds: number) => void } = { sleep: () => undefined };
    const evidence = async () => {
      awake.sleep(3600);
      return 'hash';
    };
    const { remediator, manager, disk, clock } = await setUp({ evidence });
    awake.sleep = clock.advance;
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(eventsOf(disk)).toEqual(['received', 'started', 'finished', 'ended']);
    expect(lineAt(disk, -2)).toMatchObject({
      result: 'interrupted',
      jobResult: 'skipped',
      detail: 'not taken: 3600 s went by between its decision and its order; the machine may have slept',
    });
    expect(lastLine(disk)).toMatchObject({ ending: 'interrupted' });
  });

  it('is decided anew if the machine slept while it was being looked at', async () => {
    const awake: { sleep: (seconds: number) => void } = { sleep: () => undefined };
    let looks = 0;
    const unitAfter = (actions: number) => {
      if (++looks === 1) awake.sleep(3600);
      return looks > 1 ? active : repairable(actions);
    };
    const { remediator, manager, disk, clock } = await setUp({ unitAfter });
    awake.sleep = clock.advance;
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(eventsOf(disk)).toEqual(['received', 'refused']);
    expect(lastLine(disk)).toMatchObject({ denials: [{ rail: 'stale-alert' }, { rail: 'already-healthy' }] });
  });

  it('is told to people even if the machine slept', async () => {
    const awake: { sleep: (seconds: number) => void } = { sleep: () => undefined };
    const steps: readonly Step[] = [{ action: 'notify', message: 'look at it', waitSeconds: 0, onlyIf: [] }];
    const evidence = async () => {
      awake.sleep(3600);
      return 'hash';
    };
    const { remediator, logged, clock } = await setUp({ evidence, policies: [aPolicy({ steps })] });
    awake.sleep = clock.advance;
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(logged()).toContain('warn: somebody should look');
  });

  it('restarts together with the unit what an earlier step of the same alert took down', async () => {
    // The start of the unit fails once, and systemd drops the job of what belongs to it.
    const statesOf = (id: string): readonly Unit['activeState'][] =>
      id === 'a.service' ? ['failed', 'failed', 'active'] : ['active', 'inactive', 'active'];
    const unitAfter = (actions: number, id: string) =>
      aUnit({
        id,
        activeState: statesOf(id)[Math.ceil(actions / 2)] ?? 'inactive',
        invocationId: `${id} ${actions}`,
      });
    const step = aRestart({ also: ['db.service'], waitSeconds: 0 });
    const { remediator, manager } = await setUp({ policies: [aPolicy({ steps: [step, step] })], unitAfter });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual(['db.service', 'a.service', 'db.service', 'a.service']);
  });

  it('tells which other units it restarts, and which runs they began', async () => {
    const unitAfter = (actions: number, name: string) => {
      const id = name === 'db.service' ? 'postgres.service' : name;
      return aUnit({ ...repairable(actions), id, invocationId: `${name} ${actions > 0 ? 2 : 1}` });
    };
    const step = aRestart({ also: ['db.service'] });
    const { remediator, disk } = await setUp({ policies: [aPolicy({ steps: [step] })], unitAfter });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(lineAt(disk, -3)).toMatchObject({ event: 'started', also: ['postgres.service'] });
    expect(lineAt(disk, -2)).toMatchObject({
      event: 'finished',
      alsoInvocations: { 'postgres.service': 'postgres.service 2' },
    });
  });
});

describe('an alert', () => {
  it('leads to one repair, every station of it written down', async () => {
    const { remediator, manager, disk } = await setUp();
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service']);
    expect(eventsOf(disk)).toEqual(['received', 'started', 'finished', 'ended']);
    expect(lineAt(disk, -2)).toMatchObject({
      id: 'n1',
      unit: 'a.service',
      step: 0,
      result: 'succeeded',
      invocationId: 'after',
    });
    expect(lastLine(disk)).toMatchObject({ id: 'n1', ending: 'repaired' });
    expect(lineAt(disk, -3)).toMatchObject({ event: 'started', evidence: 'hash' });
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
    await idle(remediator);
    await remediator.accept([anAlert({ startsAt: afterNoon(10) })]);
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service']);
    expect(lastLine(disk)).toMatchObject({
      event: 'refused',
      denials: [{ rail: 'circuit' }, { rail: 'cooldown', retryAt: expect.any(String) }],
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

describe('a ladder', () => {
  const common = { waitSeconds: 60, onlyIf: [] };
  const stop: Step = { action: 'stop', ...common };
  const stopped = aUnit({ activeState: 'inactive', subState: 'dead', invocationId: 'after' });

  it('is climbed step by step, each decided anew after its wait, until one helps', async () => {
    const { remediator, manager, disk, clock } = await setUp({
      policies: [aPolicy({ steps: [aRestart(), aRestart()] })],
      unitAfter: (actions) => (actions > 1 ? active : failed),
    });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service', 'a.service']);
    expect(eventsOf(disk)).toEqual(['received', 'started', 'finished', 'started', 'finished', 'ended']);
    expect(lastLine(disk)).toMatchObject({ ending: 'repaired' });
    expect(clock.moment().upSeconds).toBeGreaterThanOrEqual(1060);
  });

  it('ends in vain, and the circuit lets nothing more be done until one try', async () => {
    const { remediator, manager, disk, clock } = await setUp({
      policies: [aPolicy({ giveUpSeconds: 3600, limits: [], steps: [aRestart(), aRestart()] })],
      unitAfter: () => failed,
    });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted.length).toBe(2);
    expect(lastLine(disk)).toMatchObject({ ending: 'exhausted', hold: 3600 });
    expect((await remediator.read()).openCircuits).toEqual([
      { policy: 'p', unit: 'a.service', isOpen: true },
    ]);

    clock.advance(3000);
    await remediator.accept([anAlert({ startsAt: clock.now() })]);
    await idle(remediator);
    expect(manager.acted.length).toBe(2);
    expect(lastLine(disk)).toMatchObject({ event: 'refused', denials: [{ rail: 'circuit' }] });

    clock.advance(700);
    await remediator.accept([anAlert({ startsAt: clock.now() })]);
    await idle(remediator);
    expect(manager.acted.length).toBe(3);
    expect(lastLine(disk)).toMatchObject({ ending: 'exhausted' });
  });

  it('ends when the alert is over although its step only eased it', async () => {
    let isTold = false;
    const { remediator, disk } = await setUp({
      policies: [aPolicy({ steps: [stop, aRestart()] })],
      unitAfter: (actions) => {
        // Over while the step is under way.
        if (actions > 0 && !isTold) void remediator.accept([anAlert({ status: 'resolved' })]);
        isTold ||= actions > 0;
        return actions > 0 ? stopped : active;
      },
    });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(eventsOf(disk).toSorted()).toEqual(['ended', 'finished', 'received', 'resolved', 'started']);
    expect(lastLine(disk)).toMatchObject({ ending: 'eased', detail: 'the alert is over after stop' });
  });

  it('is not begun when the alert ends while evidence is being taken', async () => {
    const { remediator, manager, disk } = await setUp({
      evidence: async () => {
        await remediator.accept([anAlert({ status: 'resolved' })]);
        return 'hash';
      },
    });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(eventsOf(disk)).toEqual(['received', 'resolved', 'refused']);
  });

  it('goes on where it was after a restart of fettle', async () => {
    const { remediator, manager, disk } = await setUp({
      policies: [aPolicy({ steps: [aRestart(), aRestart()] })],
      before: [
        lineOf.received(),
        lineOf.started(),
        lineOf.finished({ result: 'failed', detail: 'the unit failed again' }),
      ],
    });
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service']);
    expect(eventsOf(disk).slice(3)).toEqual(['started', 'finished', 'ended']);
  });
});

describe('a step with a condition', () => {
  const cool = {
    text: 'gpu_temperature_celsius < 85',
    quantity: 'gpu_temperature_celsius',
    operator: '<',
    value: 85,
  } as const;
  const patient = aPolicy({ steps: [aRestart({ onlyIf: [cool] })], maxAlertAgeSeconds: 86_400 });

  /** A GPU that is hot for so many looks. */
  function cooling(looks: number) {
    let seen = 0;
    return {
      get quantities() {
        seen += 1;
        return new Map([[cool.quantity, { known: true, value: seen > looks ? 70 : 90 } as const]]);
      },
    };
  }

  it('is taken once that holds', async () => {
    const { remediator, manager, disk, clock } = await setUp({ policies: [patient], around: cooling(5) });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service']);
    expect(eventsOf(disk)).toEqual(['received', 'started', 'finished', 'ended']);
    expect(clock.elapsedMs()).toBeGreaterThanOrEqual(5 * 30_000);
  });

  it('is refused if that takes too long', async () => {
    const { remediator, manager, disk } = await setUp({ policies: [patient], around: cooling(10_000) });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(lastLine(disk)).toMatchObject({ event: 'refused', denials: [{ rail: 'local-conditions' }] });
  });

  it('is not waited for once the alert is over', async () => {
    const { remediator, manager, disk } = await setUp({ policies: [patient], around: cooling(10_000) });
    await remediator.accept([anAlert()]);
    await remediator.accept([anAlert({ status: 'resolved' })]);
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(lastLine(disk)).toMatchObject({ event: 'refused' });
    expect(JSON.stringify(lastLine(disk))).toContain('alert-resolved');
  });
});

describe('what must be kept before a step', () => {
  it('is kept, or nothing is done', async () => {
    const { remediator, manager, disk } = await setUp({
      evidence: async () => {
        throw new Error('no space left on device');
      },
    });
    await remediator.accept([anAlert()]);
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(lastLine(disk)).toMatchObject({
      event: 'refused',
      denials: [{ rail: 'evidence', reason: expect.stringContaining('no space left on device') }],
    });
  });
});

describe('several alerts at once', () => {
  it('wait for each other rather than be refused, as many at a time as the budget says', async () => {
    const names = ['a.service', 'b.service', 'c.service'];
    const { remediator, manager, disk } = await setUp({
      policies: [aPolicy({ allow: names })],
      unitAfter: (_actions, name) => {
        const unit = manager.acted.includes(name) ? active : failed;
        return { ...unit, id: name, names: [name] };
      },
    });
    await remediator.accept(names.map((unit, index) => anAlert({ unit, fingerprint: `f${index}` })));
    await idle(remediator);
    expect(eventsOf(disk).filter((event) => event === 'refused')).toEqual([]);
    expect(eventsOf(disk).filter((event) => event === 'ended').length).toBe(3);
    const steps = eventsOf(disk).filter((event) => event === 'started' || event === 'finished');
    expect(steps).toEqual(['started', 'finished', 'started', 'finished', 'started', 'finished']);
  });
});

describe('a throttled unit', () => {
  const none = { CPUQuotaPerSecUSec: '18446744073709551615', MemoryHigh: '1000' };
  const limits = { cpuQuota: 0.5, memoryHigh: undefined, cpuWeight: undefined, ioWeight: undefined };
  const throttle: Step = { action: 'throttle', limits, waitSeconds: 1_000_000, onlyIf: [] };
  const started = throttledLine({ saved: { CPUQuotaPerSecUSec: '18446744073709551615' } });

  it('has what it had before once the alert is over', async () => {
    const { remediator, manager, disk } = await setUp({
      policies: [aPolicy({ steps: [throttle] })],
      unitAfter: () => active,
      limits: none,
      before: [lineOf.received(), started, lineOf.finished({ action: 'throttle' })],
    });
    await manager.setLimits(aUnit().ref, { CPUQuotaPerSecUSec: '500000' }, new AbortController().signal);
    expect((await remediator.read()).toUndo).toBe(1);
    await remediator.accept([anAlert({ status: 'resolved' })]);
    await waitFor('it is undone', () => eventsOf(disk).includes('undone') || undefined);
    expect(manager.limits).toEqual(none);
    expect(lastLine(disk)).toMatchObject({ event: expect.stringMatching(/undone|ended/) });
    expect((await remediator.read()).toUndo).toBe(0);
  });

  it('is left alone if somebody has given it something else meanwhile', async () => {
    const { remediator, manager, disk } = await setUp({
      policies: [aPolicy({ steps: [throttle] })],
      unitAfter: () => active,
      limits: { ...none, CPUQuotaPerSecUSec: '700000' },
      before: [lineOf.received(), started, lineOf.finished({ action: 'throttle' }), lineOf.resolved()],
    });
    await waitFor('it is looked at', () => eventsOf(disk).includes('undone') || undefined);
    expect(manager.limits).toMatchObject({ CPUQuotaPerSecUSec: '700000' });
    expect(disk.texts.find((text) => text.includes('"undone"'))).toContain('"result":"gone"');
    await idle(remediator);
  });

  it('stays as it is while fettle is paused, and while the alert goes on', async () => {
    const { remediator, manager, disk, pause, clock } = await setUp({
      policies: [aPolicy({ steps: [throttle] })],
      unitAfter: () => active,
      limits: { ...none, CPUQuotaPerSecUSec: '500000' },
      before: [lineOf.received(), started, lineOf.finished({ action: 'throttle' })],
    });
    pause(true);
    await remediator.accept([anAlert({ status: 'resolved' })]);
    const before = clock.elapsedMs();
    await waitFor('time goes by', () => clock.elapsedMs() > before + 300_000 || undefined);
    expect(eventsOf(disk)).not.toContain('undone');
    pause(false);
    await waitFor('it is undone', () => eventsOf(disk).includes('undone') || undefined);
    expect(manager.limits).toEqual(none);
  });
});

describe('a changed power mode', () => {
  const step: Step = {
    action: 'power_mode',
    unit: 'slow.service',
    undo: 'fast.service',
    waitSeconds: 1_000_000,
    onlyIf: [],
  };
  const slow = lineOf.started({ action: 'power_mode', undo: 'fast.service' });

  it('is put back by its oneshot unit once the alert is over', async () => {
    const { remediator, manager, disk } = await setUp({
      policies: [aPolicy({ steps: [step] })],
      unitAfter: () => active,
      before: [lineOf.received(), slow, lineOf.finished({ action: 'power_mode' })],
    });
    await remediator.accept([anAlert({ status: 'resolved' })]);
    await waitFor('it is undone', () => eventsOf(disk).includes('undone') || undefined);
    expect(manager.acted).toEqual(['fast.service']);
    await idle(remediator);
  });

  it('stays where nothing is said to put it back', async () => {
    const { remediator, manager } = await setUp({
      policies: [aPolicy({ steps: [step] })],
      unitAfter: () => active,
      before: [
        lineOf.received(),
        lineOf.started({ action: 'power_mode' }),
        lineOf.finished({ action: 'power_mode' }),
        lineOf.resolved(),
      ],
    });
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect((await remediator.read()).toUndo).toBe(0);
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
    expect((await remediator.read()).ledgerErrors).toBeGreaterThan(0);
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
      logged().includes('error: the end of a step cannot be written down yet') ? true : undefined,
    );
    expect(eventsOf(disk)).toEqual(['received', 'started']);
    disk.full = false;
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service']);
    expect(eventsOf(disk)).toEqual(['received', 'started', 'finished', 'ended']);
  });
});

describe('the start after an end in the middle', () => {
  it('counts a repair that never finished as a failed attempt and does not try it again', async () => {
    const { remediator, manager, disk } = await setUp({ before: [lineOf.received(), lineOf.started()] });
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(lineAt(disk, -2)).toMatchObject({ event: 'finished', id: 'i1', result: 'interrupted' });
    expect(lastLine(disk)).toMatchObject({ event: 'ended', id: 'i1', ending: 'interrupted' });
    await remediator.accept([anAlert({ startsAt: afterNoon(1) })]);
    await idle(remediator);
    expect(manager.acted).toEqual([]);
    expect(lastLine(disk)).toMatchObject({ event: 'refused', denials: [{ rail: 'cooldown' }] });
  });

  it('decides about an alert that was taken in and not decided about', async () => {
    const { remediator, manager, disk } = await setUp({ before: [lineOf.received()] });
    await idle(remediator);
    expect(manager.acted).toEqual(['a.service']);
    expect(eventsOf(disk)).toEqual(['received', 'started', 'finished', 'ended']);
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
    const { decisions, repairs, alerts, lastRepairSeconds } = await remediator.read();
    expect(decisions.map(({ decision, reason }) => `${decision} ${reason}`)).toEqual([
      'run ',
      'rehearse ',
      ...RAILS.map(({ name }) => `refuse ${name}`),
      'refuse inspect',
      'refuse policy-changed',
      'refuse evidence',
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
      { unit: 'b.service', outcome: 'refused', steps: [] },
      {
        unit: 'a.service',
        outcome: 'repaired',
        steps: [{ result: 'succeeded', invocationBefore: 'before', invocationAfter: 'after', seconds: 3 }],
      },
    ]);
  });
});
