import { describe, expect, it } from 'vitest';
import { createGate } from '../../src/domain/gate.ts';
import type { LedgerLine } from '../../src/domain/ledger.ts';
import type { LimitValues } from '../../src/domain/throttle.ts';
import { createUndo } from '../../src/remediator/undo.ts';
import { createFakeLedger, eventsOf, lineOf, throttledLine } from '../fakes/ledger.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { aPolicy, aPolicySet, aUnit, createFakeClock, createFakeManager } from '../fakes/repairs.ts';

const quota = (value: string): LimitValues => ({ CPUQuotaPerSecUSec: value });

/** What the unit had at first, what one alert gave it, and what a later one did. */
const [OWN, FIRST, SECOND] = [quota('900000'), quota('500000'), quota('200000')];

const throttled = (changes: object) => [
  throttledLine(changes),
  lineOf.finished({ action: 'throttle', ...changes }),
];

const ofTwoAlerts = (policy = 'p'): readonly LedgerLine[] => [
  lineOf.received(),
  ...throttled({ saved: OWN, limits: FIRST }),
  lineOf.received({ id: 'i2', policy, fingerprint: 'f2' }),
  ...throttled({ id: 'i2', policy, saved: FIRST, limits: SECOND }),
];

const FIRST_IS_OVER = lineOf.resolved();
const SECOND_IS_OVER = lineOf.resolved({ fingerprint: 'f2' });

/** A unit that has what it was last given, and whatever undoes that. */
function setUp(before: readonly LedgerLine[], accepted: () => boolean | Promise<boolean> = () => true) {
  const { ledger, disk } = createFakeLedger(before);
  const fake = createFakeManager(() => aUnit({ activeState: 'active' }), {}, SECOND);
  const manager: typeof fake = {
    ...fake,
    get limits() {
      return fake.limits;
    },
    setLimits: async (ref, values, signal) =>
      (await accepted())
        ? await fake.setLimits(ref, values, signal)
        : { accepted: false, jobResult: '', detail: 'not now', unit: undefined },
  };
  const clock = createFakeClock();
  const policies = aPolicySet([aPolicy(), aPolicy({ name: 'stays', undoesOnResolve: false })]);
  const undo = createUndo({
    ledger,
    policies: () => policies,
    manager,
    pause: async () => ({ known: true, value: undefined }),
    oneAtATime: createGate(1),
    clock,
    log: recordedLog().log,
  });
  return { ledger, disk, manager, clock, undo: () => undo(new AbortController().signal) };
}

const undone = (texts: readonly string[]) =>
  texts
    .filter((text) => text.includes('"undone"'))
    .map((text) => [JSON.parse(text).id, JSON.parse(text).result]);

describe('a unit that was throttled for two alerts', () => {
  it('has what it had at first once both are over', async () => {
    const { disk, manager, undo } = setUp([...ofTwoAlerts(), FIRST_IS_OVER, SECOND_IS_OVER]);
    await undo();
    expect(manager.limits).toEqual(OWN);
    expect(undone(disk.texts)).toEqual([
      ['i2', 'restored'],
      ['i1', 'restored'],
    ]);
  });

  it('keeps what it was given last while that alert goes on, and has what it had at first after that', async () => {
    const { ledger, disk, manager, undo } = setUp([...ofTwoAlerts(), FIRST_IS_OVER]);
    await undo();
    expect(manager.limits).toEqual(SECOND);
    expect(eventsOf(disk)).not.toContain('undone');
    const { alertname, fingerprint, startsAt } = SECOND_IS_OVER;
    await ledger.append([{ event: 'resolved', alertname, fingerprint, startsAt }]);
    await undo();
    expect(manager.limits).toEqual(OWN);
  });

  it('is not taken for changed by others while the later change cannot be undone', async () => {
    let isWilling = false;
    const before = [...ofTwoAlerts(), FIRST_IS_OVER, SECOND_IS_OVER];
    const { disk, manager, undo, clock } = setUp(before, () => isWilling);
    await undo();
    expect(undone(disk.texts)).toEqual([['i2', 'failed']]);
    isWilling = true;
    // Not at once: who refuses is not asked again and again.
    await undo();
    expect(undone(disk.texts)).toEqual([['i2', 'failed']]);
    clock.advance(60);
    await undo();
    expect(manager.limits).toEqual(OWN);
  });

  it('keeps what the first alert gave it if that fires again while the second one is being undone', async () => {
    const again = async () => {
      const { v: _v, at: _at, boot: _boot, up: _up, ...event } = lineOf.received({ id: 'i3' });
      await ledger.append([event]);
      return true;
    };
    const before = [...ofTwoAlerts(), FIRST_IS_OVER, SECOND_IS_OVER];
    const { ledger, disk, manager, undo } = setUp(before, again);
    await undo();
    expect(manager.limits).toEqual(FIRST);
    expect(undone(disk.texts)).toEqual([['i2', 'restored']]);
  });

  it('stays as the later policy wants it, if that is never undone', async () => {
    const { disk, manager, undo } = setUp([...ofTwoAlerts('stays'), FIRST_IS_OVER, SECOND_IS_OVER]);
    await undo();
    expect(manager.limits).toEqual(SECOND);
    expect(undone(disk.texts)).toEqual([['i1', 'gone']]);
  });
});

describe('a power mode that two alerts want', () => {
  const set = (changes: object) => [
    lineOf.started({ action: 'power_mode', undo: 'fast.service', ...changes }),
    lineOf.finished({ action: 'power_mode', ...changes }),
  ];
  const before = [
    lineOf.received(),
    ...set({}),
    lineOf.received({ id: 'i2', unit: 'b.service', fingerprint: 'f2' }),
    ...set({ id: 'i2', unit: 'b.service' }),
  ];

  it.each([
    ['the first', FIRST_IS_OVER],
    ['the second', SECOND_IS_OVER],
  ])('stays when %s is over', async (_which, over) => {
    const { disk, manager, undo } = setUp([...before, over]);
    await undo();
    expect(manager.acted).toEqual([]);
    expect(eventsOf(disk)).not.toContain('undone');
  });

  it('is put back when both are', async () => {
    const { manager, undo } = setUp([...before, FIRST_IS_OVER, SECOND_IS_OVER]);
    await undo();
    expect(manager.acted).toEqual(['fast.service', 'fast.service']);
  });
});
