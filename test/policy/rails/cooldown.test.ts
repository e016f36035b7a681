import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cooldown } from '../../../src/domain/policy.ts';
import { type Attempt, History } from '../../../src/policy/history.ts';
import { cooldown, cooldownEnd } from '../../../src/policy/rails/cooldown.ts';
import { lineOf } from '../../fakes/ledger.ts';
import { afterNoon, aRequest, aUnit, NOON } from '../../fakes/repairs.ts';

const RULE: Cooldown = { baseSeconds: 60, factor: 2, maxSeconds: 600, resetAfterSeconds: 3600 };

/** Attempts of 1 s each that began so many seconds after noon. */
function attempts(...starts: readonly number[]): readonly Attempt[] {
  return starts.map((start, index) => ({
    id: `${index}`,
    startedAt: afterNoon(start),
    endedAt: afterNoon(start + 1),
  }));
}

function historyWith(...starts: readonly number[]): History {
  const history = new History();
  for (const [index, start] of starts.entries()) {
    const id = `i${index}`;
    history.apply(lineOf.received({ id, fingerprint: id }));
    history.apply(lineOf.started({ id, at: afterNoon(start).toISOString() }));
    history.apply(lineOf.finished({ id, at: afterNoon(start + 1).toISOString() }));
  }
  return history;
}

describe('the end of a cooldown', () => {
  it.each([
    ['never repaired', [], undefined],
    ['one repair', [0], 61],
    ['two in a row', [0, 100], 101 + 120],
    ['three in a row', [0, 100, 300], 301 + 240],
    ['so many that the longest wait is reached', [0, 100, 300, 600, 1000, 1700], 1701 + 600],
    ['a new run after a long pause', [0, 100, 100 + 3602], 3703 + 60],
    ['not yet a new run', [0, 3600], 3601 + 120],
  ])('after %s', (_what, starts, seconds) => {
    const end = cooldownEnd(RULE, attempts(...starts));
    expect(end).toEqual(seconds === undefined ? undefined : afterNoon(seconds));
  });

  it('is never before the base and never after the longest wait', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(gaps, (steps) => {
        let at = 0;
        const starts = steps.map((step) => {
          at += step;
          return at;
        });
        const end = cooldownEnd(RULE, attempts(...starts))?.getTime() ?? 0;
        const wait = (end - afterNoon(at + 1).getTime()) / 1000;
        expect(wait).toBeGreaterThanOrEqual(RULE.baseSeconds);
        expect(wait).toBeLessThanOrEqual(RULE.maxSeconds);
      }),
    );
  });
});

describe('cooldown', () => {
  const ask = (now: Date, history: History, id = 'a.service') =>
    cooldown.check(aRequest(), { now, unit: aUnit({ id }), history, protectedUnits: [] });

  it('refuses a second restart inside the cooldown and says until when', () => {
    expect(ask(afterNoon(60), historyWith(0))).toEqual({
      reason: `repair 1 in a row; left alone until ${afterNoon(61).toISOString()}`,
      retryAt: afterNoon(61),
    });
  });

  it('passes when it is over', () => {
    expect(ask(afterNoon(61), historyWith(0))).toBeUndefined();
  });

  it('counts a repair that is still under way', () => {
    const history = new History();
    history.apply(lineOf.received());
    history.apply(lineOf.started());
    expect(ask(afterNoon(1), history)).toBeDefined();
  });

  it('is about the unit behind the name, so that an alias does not get around it', () => {
    const history = new History();
    history.apply(lineOf.started({ unit: 'real.service' }));
    expect(ask(NOON, history, 'real.service')).toBeDefined();
    expect(ask(NOON, history, 'other.service')).toBeUndefined();
  });

  it('does not count a rehearsal', () => {
    const history = new History();
    history.apply(lineOf.received());
    history.apply({
      v: 1,
      at: NOON.toISOString(),
      event: 'rehearsed',
      id: 'i1',
      policy: 'p',
      unit: 'a.service',
      action: 'restart',
      detail: '',
    });
    expect(ask(NOON, history)).toBeUndefined();
  });
});
