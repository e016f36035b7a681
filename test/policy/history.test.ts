import { describe, expect, it } from 'vitest';
import type { LedgerLine } from '../../src/domain/ledger.ts';
import { History } from '../../src/policy/history.ts';
import { lineOf, secondsAfterNoon, throttledLine } from '../fakes/ledger.ts';
import { afterNoon, aPolicy, NOON } from '../fakes/repairs.ts';

const POLICY = aPolicy();

function historyOf(...lines: readonly LedgerLine[]): History {
  const history = new History();
  for (const line of lines) history.apply(line);
  return history;
}

describe('whether an alert has been taken in', () => {
  const taken = (history: History, now = NOON, steady = 0) =>
    history.isTakenIn('f1', NOON, POLICY, now, steady);

  it('is no before it came', () => {
    expect(taken(historyOf())).toBe(false);
  });

  const done = [lineOf.started(), lineOf.finished()];

  it.each([
    ['it waits', []],
    ['it is being repaired', [lineOf.started()]],
    ['a step has ended', done],
    ['it was repaired', [...done, lineOf.ended()]],
    ['it was eased', [...done, lineOf.ended({ ending: 'eased' })]],
    ['it was given up without a time', [...done, lineOf.ended({ ending: 'exhausted' })]],
    ['it was refused for good', [lineOf.refused()]],
    ['it was refused without a reason', [lineOf.refused({ denials: [] })]],
  ])('is yes while %s', (_what, lines) => {
    expect(taken(historyOf(lineOf.received(), ...lines), afterNoon(1e6), 1e6)).toBe(true);
  });

  it('is no again once the time has come that every refusal named', () => {
    const denials = [
      { rail: 'cooldown', reason: '', retryAt: afterNoon(60).toISOString() },
      { rail: 'window', reason: '', retryAt: afterNoon(90).toISOString() },
    ];
    const history = historyOf(lineOf.received(), lineOf.refused({ denials }));
    expect(taken(history, afterNoon(89))).toBe(true);
    expect(taken(history, afterNoon(90))).toBe(false);
  });

  it('stays yes if one of several refusals named no time', () => {
    const denials = [
      { rail: 'cooldown', reason: '', retryAt: NOON.toISOString() },
      { rail: 'allow-list', reason: '' },
    ];
    expect(taken(historyOf(lineOf.received(), lineOf.refused({ denials })), afterNoon(99))).toBe(true);
  });

  it('is no again for a rehearsal once the policy enforces', () => {
    const history = historyOf(lineOf.received(), lineOf.rehearsed());
    expect(history.isTakenIn('f1', NOON, aPolicy({ mode: 'dry-run' }), NOON, 0)).toBe(true);
    expect(history.isTakenIn('f1', NOON, aPolicy({ mode: 'enforce' }), NOON, 0)).toBe(false);
  });

  it('is no again for what was given up once its circuit allows a try', () => {
    const ended = lineOf.ended({ ending: 'exhausted', hold: 100, ...secondsAfterNoon(10) });
    const history = historyOf(lineOf.received(), ...done, ended);
    expect([taken(history, NOON, 109), taken(history, NOON, 110)]).toEqual([true, false]);
    const repaired = lineOf.ended({ id: 'other', ...secondsAfterNoon(20) });
    expect(taken(historyOf(lineOf.received(), ...done, ended, repaired), NOON, 30)).toBe(false);
  });

  it('is no again for what was interrupted, but not while a circuit is open', () => {
    const interrupted = [lineOf.received(), lineOf.started(), lineOf.ended({ ending: 'interrupted' })];
    expect(taken(historyOf(...interrupted))).toBe(false);
    const other = lineOf.ended({ id: 'other', ending: 'exhausted', hold: 100 });
    const history = historyOf(...interrupted, other);
    expect([taken(history, NOON, 99), taken(history, NOON, 100)]).toEqual([true, false]);
  });

  it('goes by the last intake of the occurrence', () => {
    const again = lineOf.received({ id: 'i2' });
    expect(taken(historyOf(lineOf.received(), lineOf.rehearsed(), again))).toBe(true);
  });

  it('tells occurrences, fingerprints and policies apart', () => {
    const history = historyOf(lineOf.received());
    expect(history.isTakenIn('f1', afterNoon(1), POLICY, NOON, 0)).toBe(false);
    expect(history.isTakenIn('f2', NOON, POLICY, NOON, 0)).toBe(false);
    expect(history.isTakenIn('f1', NOON, aPolicy({ name: 'q' }), NOON, 0)).toBe(false);
  });
});

describe('an intake', () => {
  it.each([
    ['received', []],
    ['working', [lineOf.started()]],
    ['waiting', [lineOf.started(), lineOf.finished()]],
    ['working', [lineOf.started(), lineOf.finished(), lineOf.started({ step: 1 })]],
    ['refused', [lineOf.refused()]],
    ['rehearsed', [lineOf.rehearsed()]],
    ['ended', [lineOf.started(), lineOf.finished(), lineOf.ended()]],
    ['ended', [lineOf.ended(), lineOf.started()]],
  ] as const)('is %s', (phase, lines) => {
    const history = historyOf(lineOf.received(), ...lines);
    const isOver = ['refused', 'rehearsed', 'ended'].includes(phase);
    expect(history.phaseOf('i1')).toBe(phase);
    expect(history.unended().map(({ received }) => received.id)).toEqual(isOver ? [] : ['i1']);
  });

  it('is told with its steps and the times of the own clock', () => {
    const history = historyOf(
      lineOf.received(),
      lineOf.started(secondsAfterNoon(5)),
      lineOf.finished({ result: 'failed', detail: 'no', ...secondsAfterNoon(8) }),
      lineOf.started({ step: 1, action: 'stop', ...secondsAfterNoon(60) }),
    );
    expect(history.stepsOf('i1')).toEqual([
      { step: 0, action: 'restart', result: 'failed', detail: 'no', endedAt: 8 },
    ]);
    const [intake] = history.unended();
    expect(intake).toMatchObject({ phase: 'working', receivedAt: 0, lastAt: 60, isResolved: false });
    expect(intake?.steps.map(({ startedAt, finishedAt }) => [startedAt, finishedAt])).toEqual([
      [5, 8],
      [60, undefined],
    ]);
    expect([history.stepsOf('i9'), history.phaseOf('i9')]).toEqual([[], undefined]);
  });

  it('is open until its alert is resolved, and again if the alert comes back', () => {
    const history = historyOf(lineOf.received());
    expect([history.isOpen('f1', NOON), history.isResolved('f1', NOON)]).toEqual([true, false]);
    history.apply(lineOf.resolved());
    expect([history.isOpen('f1', NOON), history.isResolved('f1', NOON)]).toEqual([false, true]);
    history.apply(lineOf.received({ id: 'i2' }));
    expect([history.isOpen('f1', NOON), history.isResolved('f1', NOON)]).toEqual([true, false]);
    expect([history.isOpen('f9', NOON), history.isResolved('f9', NOON)]).toEqual([false, false]);
  });

  it('is over with those that began later: of an alert that flaps Alertmanager may tell the last end alone', () => {
    const later = afterNoon(60);
    const history = historyOf(lineOf.received());
    expect(history.isOpen('f1', later)).toBe(true);
    history.apply(lineOf.resolved({ startsAt: later.toISOString() }));
    expect([history.isOpen('f1', NOON), history.isResolved('f1', NOON)]).toEqual([false, true]);
    const other = historyOf(lineOf.received({ startsAt: later.toISOString() }), lineOf.resolved());
    expect(other.isResolved('f1', later)).toBe(false);
  });

  it('is taken in again when it fires again after its end, with the same beginning', () => {
    const history = historyOf(lineOf.received(), lineOf.refused(), lineOf.resolved());
    const policy = { name: 'p', mode: 'enforce' } as const;
    expect(history.isTakenIn('f1', NOON, policy, NOON, 0)).toBe(false);
    // But not after a repair: that is a late copy.
    const repaired = [
      lineOf.received(),
      lineOf.started(),
      lineOf.finished(),
      lineOf.ended(),
      lineOf.resolved(),
    ];
    expect(historyOf(...repaired).isTakenIn('f1', NOON, policy, NOON, 0)).toBe(true);
    // And not while the first is still at work.
    expect(historyOf(lineOf.received(), lineOf.resolved()).isTakenIn('f1', NOON, policy, NOON, 0)).toBe(true);
  });

  it('is told the newest first', () => {
    const history = historyOf(lineOf.received({ id: 'old' }), lineOf.received({ id: 'new' }));
    expect(history.recent(1).map(({ received }) => received.id)).toEqual(['new']);
  });

  it('has its unit in trouble while its alert goes on', () => {
    const history = historyOf(
      lineOf.received({ id: '1', fingerprint: '1', unit: 'a.service' }),
      lineOf.received({ id: '2', fingerprint: '2', unit: 'b.service', ...secondsAfterNoon(50) }),
      lineOf.refused({ id: '2', ...secondsAfterNoon(50) }),
      lineOf.received({ id: '3', fingerprint: '3', unit: 'c.service', ...secondsAfterNoon(60) }),
      lineOf.resolved({ fingerprint: '3', ...secondsAfterNoon(60) }),
    );
    expect([...history.unitsInTrouble(0)]).toEqual(['a.service', 'b.service']);
    expect([...history.unitsInTrouble(50)]).toEqual(['b.service']);
    expect([...history.unitsInTrouble(51)]).toEqual([]);
  });
});

describe('attempts', () => {
  const attempt = { id: 'i1', policy: 'p', unit: 'a.service', also: [], step: 0 };

  it('are the steps that were more than a word, from their start to their end', () => {
    const history = historyOf(
      lineOf.received(),
      lineOf.started(secondsAfterNoon(1)),
      lineOf.finished(secondsAfterNoon(4)),
      lineOf.started({ step: 1, action: 'notify', ...secondsAfterNoon(5) }),
      lineOf.finished({ step: 1, action: 'notify', ...secondsAfterNoon(5) }),
      lineOf.started({ step: 2, action: 'stop', unit: 'b.service', ...secondsAfterNoon(9) }),
    );
    const first = { ...attempt, startedAt: 1, endedAt: 4 };
    const running = { ...attempt, unit: 'b.service', step: 2, startedAt: 9, endedAt: undefined };
    expect(history.attemptsOf('a.service')).toEqual([first]);
    expect(history.attemptsOf('b.service')).toEqual([running]);
    expect(history.running).toEqual([running]);
    expect(history.attemptsSince(0)).toEqual([first, running]);
    expect(history.attemptsSince(1)).toEqual([first, running]);
    expect(history.attemptsSince(1.1)).toEqual([running]);
    expect(history.attemptsOf('z.service')).toEqual([]);
  });

  it('are also those of units that were restarted together with it, and so are the runs that these began', () => {
    const history = historyOf(
      lineOf.received(),
      lineOf.started({ also: ['db.service'], ...secondsAfterNoon(1) }),
      lineOf.finished({ alsoInvocations: { 'db.service': 'new' }, ...secondsAfterNoon(4) }),
    );
    const one = { ...attempt, also: ['db.service'], startedAt: 1, endedAt: 4 };
    expect(history.attemptsOf('db.service')).toEqual([one]);
    expect(history.attemptsOf('a.service')).toEqual([one]);
    expect(history.attemptsSince(0)).toEqual([one]);
    expect(history.isOwnInvocation('db.service', 'new')).toBe(true);
    expect(history.isOwnInvocation('a.service', 'new')).toBe(false);
  });

  it('never run on after the end of their intake, or where that is not known', () => {
    const ended = historyOf(lineOf.received(), lineOf.started(), lineOf.ended(secondsAfterNoon(7)));
    expect(ended.running).toEqual([]);
    expect(ended.attemptsOf('a.service')).toEqual([{ ...attempt, startedAt: 0, endedAt: 7 }]);
    const unknown = historyOf(lineOf.started());
    expect(unknown.running).toEqual([]);
    expect(unknown.attemptsOf('a.service')).toEqual([{ ...attempt, startedAt: 0, endedAt: 0 }]);
  });

  it('are kept however old they are, the newest 200 of a unit and 20 000 of all', () => {
    const history = new History();
    history.apply(lineOf.started({ id: 'old', unit: 'seldom.service' }));
    for (let n = 0; n < 20_100; n++) {
      history.apply(lineOf.started({ id: `${n}`, unit: `${n % 50}.service`, ...secondsAfterNoon(n * 1e5) }));
    }
    expect(history.attemptsOf('seldom.service').length).toBe(1);
    expect(history.attemptsOf('7.service').length).toBe(200);
    expect(history.attemptsSince(0).length).toBe(20_101);
    for (let n = 20_100; n < 21_000; n++)
      history.apply(lineOf.started({ id: `${n}`, ...secondsAfterNoon(n * 1e5) }));
    expect(history.attemptsSince(0).length).toBe(20_001);
    expect(history.attemptsSince(0)[0]?.id).toBe('999');
  });

  it('are forgotten of the units left alone for longest, once there are 5000', () => {
    const history = new History();
    for (const n of [...Array(5000).keys(), 0, 5000]) {
      history.apply(lineOf.started({ id: `${n}`, unit: `${n}.service` }));
    }
    expect([0, 1, 2, 5000].map((n) => history.attemptsOf(`${n}.service`).length)).toEqual([2, 0, 1, 1]);
  });

  it('lead to runs that are known as ours, but not to those that were there before', () => {
    const history = historyOf(
      lineOf.received(),
      lineOf.started(),
      lineOf.finished({ result: 'failed', invocationId: 'before' }),
    );
    expect(history.isOwnInvocation('a.service', 'before')).toBe(false);
    history.apply(lineOf.started({ step: 1 }));
    history.apply(lineOf.finished({ step: 1, invocationId: 'after' }));
    expect(history.isOwnInvocation('a.service', 'after')).toBe(true);
    expect(history.isOwnInvocation('b.service', 'after')).toBe(false);
    expect(history.isOwnInvocation('a.service', '')).toBe(false);
  });

  it('lead to no run of which nobody knows what was there before', () => {
    expect(historyOf(lineOf.started(), lineOf.finished()).isOwnInvocation('a.service', 'after')).toBe(false);
  });
});

describe('a circuit', () => {
  const exhausted = (seconds: number, hold = 100) =>
    lineOf.ended({ ending: 'exhausted', hold, ...secondsAfterNoon(seconds) });

  it('opens where a ladder came to its end in vain, and anew where a try did', () => {
    const history = historyOf(lineOf.received(), exhausted(10));
    const of = (policy: string, unit: string) => history.circuitOf(policy, unit);
    expect(of('p', 'a.service')).toEqual({ openedAt: 10, tryAt: 110 });
    expect([of('q', 'a.service'), of('p', 'b.service')]).toEqual([undefined, undefined]);
    history.apply(exhausted(200, 50));
    expect(of('p', 'a.service')).toEqual({ openedAt: 200, tryAt: 250 });
  });

  it.each(['repaired', 'eased'] as const)('closes once the unit was %s', (ending) => {
    const history = historyOf(exhausted(0), lineOf.ended({ ending }));
    expect(history.circuitOf('p', 'a.service')).toBeUndefined();
  });

  it('stays as it is at an interruption', () => {
    const history = historyOf(exhausted(0), lineOf.ended({ ending: 'interrupted' }));
    expect(history.circuitOf('p', 'a.service')).toEqual({ openedAt: 0, tryAt: 100 });
  });
});

describe('what is to be undone', () => {
  const ids = (history: History) => history.toUndo().map(({ id, step }) => `${id}/${step}`);
  const finished = lineOf.finished({ action: 'throttle' });

  it('is what a throttle has changed, with what was there before', () => {
    expect(historyOf(lineOf.received(), throttledLine(), finished).toUndo()).toEqual([
      {
        id: 'i1',
        policy: 'p',
        unit: 'a.service',
        step: 0,
        action: 'throttle',
        saved: { CPUQuotaPerSecUSec: '18446744073709551615' },
        limits: { CPUQuotaPerSecUSec: '500000' },
        undo: '',
        startedAt: 0,
        isResolved: false,
      },
    ]);
  });

  it.each([
    ['a throttle under way', [throttledLine()], ['i1/0']],
    ['one that failed', [throttledLine(), { ...finished, result: 'failed' as const }], ['i1/0']],
    [
      'one of which nobody knows',
      [throttledLine(), { ...finished, result: 'interrupted' as const }],
      ['i1/0'],
    ],
    [
      'one that was refused',
      [throttledLine(), { ...finished, result: 'failed' as const, jobResult: 'refused' }],
      [],
    ],
    ['one without what to put back', [lineOf.started({ action: 'throttle' })], []],
    ['a power mode', [lineOf.started({ action: 'power_mode', undo: 'fast.service' })], ['i1/0']],
    ['one that nothing puts back', [lineOf.started({ action: 'power_mode' })], []],
    ['a restart', [lineOf.started()], []],
    ['what was restored', [throttledLine(), finished, lineOf.undone()], []],
    ['what was gone by itself', [throttledLine(), finished, lineOf.undone({ result: 'gone' })], []],
    [
      'what could not be restored',
      [throttledLine(), finished, lineOf.undone({ result: 'failed' })],
      ['i1/0'],
    ],
    ['another step', [throttledLine(), finished, lineOf.undone({ step: 1 })], ['i1/0']],
    ['two steps', [throttledLine(), finished, throttledLine({ step: 1 })], ['i1/0', 'i1/1']],
  ])('knows %s', (_what, lines, expected) => {
    expect(ids(historyOf(lineOf.received(), ...lines))).toEqual(expected);
  });

  it('is due once its alert is over, or where nobody knows the alert any more', () => {
    const history = historyOf(lineOf.received(), throttledLine(), finished, lineOf.resolved());
    expect(history.toUndo()).toMatchObject([{ isResolved: true }]);
    expect(historyOf(throttledLine()).toUndo()).toMatchObject([{ isResolved: true }]);
  });

  it('is never forgotten with its intake, however many come after it', () => {
    const history = historyOf(
      lineOf.received(),
      throttledLine(),
      finished,
      lineOf.ended({ ending: 'eased' }),
    );
    for (let n = 0; n < 10_600; n++) {
      history.apply(lineOf.received({ id: `${n}`, fingerprint: `${n}` }));
      history.apply(lineOf.refused({ id: `${n}` }));
    }
    expect(history.toUndo()).toMatchObject([{ isResolved: false }]);
    history.apply(lineOf.resolved());
    expect(history.toUndo()).toMatchObject([{ isResolved: true }]);
  });
});

describe('counts', () => {
  it('are of decisions, a refusal once for each rail, of steps and of endings', () => {
    const denials = [
      { rail: 'cooldown', reason: '' },
      { rail: 'allow-list', reason: '' },
    ];
    const history = historyOf(
      lineOf.started(),
      lineOf.finished({ result: 'failed', ...secondsAfterNoon(3) }),
      lineOf.refused({ denials }),
      lineOf.rehearsed(),
      lineOf.ended({ ending: 'exhausted' }),
      lineOf.finished({ action: 'notify', ...secondsAfterNoon(9) }),
    );
    expect(history.decisions.entries()).toEqual([
      { words: ['p', 'run', ''], count: 1 },
      { words: ['p', 'refuse', 'cooldown'], count: 1 },
      { words: ['p', 'refuse', 'allow-list'], count: 1 },
      { words: ['p', 'rehearse', ''], count: 1 },
    ]);
    expect(history.steps.entries()).toEqual([
      { words: ['p', 'restart', 'failed'], count: 1 },
      { words: ['p', 'notify', 'succeeded'], count: 1 },
    ]);
    expect(history.endings.entries()).toEqual([{ words: ['p', 'exhausted'], count: 1 }]);
    expect(history.lastRepairAt).toEqual(afterNoon(3));
  });
});

describe('memory', () => {
  it('forgets the oldest intakes that have ended, and never one that has not', () => {
    const history = historyOf(lineOf.received({ id: 'open', fingerprint: 'open' }));
    for (let n = 0; n < 10_500; n++) {
      history.apply(lineOf.received({ id: `${n}`, fingerprint: `${n}`, unit: `${n}.service` }));
      history.apply(lineOf.refused({ id: `${n}` }));
    }
    const taken = (fingerprint: string) => history.isTakenIn(fingerprint, NOON, POLICY, NOON, 0);
    expect(history.recent(20_000).length).toBe(10_001);
    expect(history.unitsInTrouble(0).size).toBe(10_001);
    expect([taken('open'), taken('0'), taken('10499')]).toEqual([true, false, true]);
  });
});
