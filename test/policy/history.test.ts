import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerLine } from '../../src/domain/ledger.ts';
import { History } from '../../src/policy/history.ts';
import { lineOf } from '../fakes/ledger.ts';
import { afterNoon, aPolicy, NOON } from '../fakes/repairs.ts';

const POLICY = aPolicy();

function historyOf(...lines: readonly LedgerLine[]): History {
  const history = new History();
  for (const line of lines) history.apply(line);
  return history;
}

describe('whether an alert has been taken in', () => {
  const taken = (history: History, now = NOON) => history.isTakenIn('f1', NOON, POLICY, now);

  it('is no before it came', () => {
    expect(taken(historyOf())).toBe(false);
  });

  it.each([
    ['it waits', []],
    ['it is being repaired', [lineOf.started()]],
    ['it was repaired', [lineOf.started(), lineOf.finished()]],
    ['its repair failed', [lineOf.started(), lineOf.finished({ result: 'failed' })]],
    ['it was refused for good', [lineOf.refused()]],
  ])('is yes while %s', (_what, lines) => {
    expect(taken(historyOf(lineOf.received(), ...lines))).toBe(true);
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
    expect(history.isTakenIn('f1', NOON, aPolicy({ mode: 'dry-run' }), NOON)).toBe(true);
    expect(history.isTakenIn('f1', NOON, aPolicy({ mode: 'enforce' }), NOON)).toBe(false);
  });

  it('tells occurrences, fingerprints and policies apart', () => {
    const history = historyOf(lineOf.received());
    expect(history.isTakenIn('f1', afterNoon(1), POLICY, NOON)).toBe(false);
    expect(history.isTakenIn('f2', NOON, POLICY, NOON)).toBe(false);
    expect(history.isTakenIn('f1', NOON, aPolicy({ name: 'q' }), NOON)).toBe(false);
  });
});

describe('what has ended', () => {
  it('lists what waits and what never finished', () => {
    const history = historyOf(
      lineOf.received({ id: 'waits', fingerprint: '1' }),
      lineOf.received({ id: 'runs', fingerprint: '2' }),
      lineOf.started({ id: 'runs' }),
      lineOf.received({ id: 'done', fingerprint: '3' }),
      lineOf.refused({ id: 'done' }),
    );
    expect(history.unended('received').map(({ received }) => received.id)).toEqual(['waits']);
    expect(history.unended('started').map(({ received }) => received.id)).toEqual(['runs']);
  });

  it('knows an alert as open until it is resolved', () => {
    const before = historyOf(lineOf.received());
    expect([before.isOpen('f1', NOON), before.isResolved('f1', NOON)]).toEqual([true, false]);
    before.apply(lineOf.resolved());
    expect([before.isOpen('f1', NOON), before.isResolved('f1', NOON)]).toEqual([false, true]);
    expect([before.isOpen('f9', NOON), before.isResolved('f9', NOON)]).toEqual([false, false]);
  });

  it('tells the newest first', () => {
    const history = historyOf(lineOf.received({ id: 'old' }), lineOf.received({ id: 'new' }));
    expect(history.recent(1).map(({ received }) => received.id)).toEqual(['new']);
  });

  it('counts decisions and repairs, a refusal once for each rail', () => {
    const denials = [
      { rail: 'cooldown', reason: '' },
      { rail: 'allow-list', reason: '' },
    ];
    const history = historyOf(
      lineOf.started(),
      lineOf.finished({ result: 'failed' }),
      lineOf.refused({ denials }),
    );
    expect(history.decisions.entries()).toEqual([
      { words: ['p', 'run', ''], count: 1 },
      { words: ['p', 'refuse', 'cooldown'], count: 1 },
      { words: ['p', 'refuse', 'allow-list'], count: 1 },
    ]);
    expect(history.repairs.entries()).toEqual([{ words: ['p', 'restart', 'failed'], count: 1 }]);
    expect(history.lastRepairAt).toEqual(NOON);
  });
});

describe('memory', () => {
  it('forgets the oldest intakes that have ended, and never one that has not', () => {
    const history = historyOf(lineOf.received({ id: 'open', fingerprint: 'open' }));
    for (let n = 0; n < 10_050; n++) {
      history.apply(lineOf.received({ id: `${n}`, fingerprint: `${n}` }));
      history.apply(lineOf.refused({ id: `${n}` }));
    }
    expect(history.recent(20_000).length).toBe(10_000);
    expect(history.isTakenIn('open', NOON, POLICY, NOON)).toBe(true);
    expect(history.isTakenIn('0', NOON, POLICY, NOON)).toBe(false);
    expect(history.isTakenIn('10049', NOON, POLICY, NOON)).toBe(true);
  });

  it('is the same after the same lines, wherever a restart fell between them', () => {
    const ids = fc.constantFrom('1', '2', '3');
    const line = fc.oneof(
      ids.map((id) => lineOf.received({ id, fingerprint: id })),
      ids.map((id) => lineOf.refused({ id })),
      ids.map((id) => lineOf.started({ id })),
      ids.map((id) => lineOf.finished({ id })),
      ids.map((fingerprint) => lineOf.resolved({ fingerprint })),
    );
    const seen = (history: History) => ({
      recent: history.recent(10),
      decisions: history.decisions.entries(),
      repairs: history.repairs.entries(),
      attempts: history.attemptsOf('a.service'),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const written: readonly LedgerLine[] = lines.map((one) => JSON.parse(JSON.stringify(one)));
        expect(seen(historyOf(...written))).toEqual(seen(historyOf(...lines)));
      }),
    );
  });
});
