import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Unit } from '../../src/domain/unit.ts';
import { type Goal, judge, type Look } from '../../src/remediator/verify.ts';
import { aUnit } from '../fakes/repairs.ts';

const RULE = { holdSeconds: 3, timeoutSeconds: 20, probe: undefined, gpuMemoryFreed: false };
const START = { invocationBefore: 'before', beganMs: 0 };

const failed = aUnit();
const starting = aUnit({ activeState: 'activating', subState: 'start', invocationId: 'after' });
const active = aUnit({ activeState: 'active', subState: 'running', invocationId: 'after' });
const activeBefore = aUnit({ activeState: 'active', subState: 'running' });
const again = aUnit({ activeState: 'active', subState: 'running', invocationId: 'again' });
const stopped = aUnit({ activeState: 'inactive', subState: 'dead', invocationId: 'after' });

/** Looks one second apart. */
function looks(...units: readonly (Unit | undefined)[]): readonly Look[] {
  return units.map((unit, second) => ({ atMs: second * 1000, unit }));
}

describe('the verdict about a repair', () => {
  it.each([
    ['nothing has been seen', [], 'pending'],
    ['the unit is starting', [starting, starting], 'pending'],
    ['it is active, but not for long enough', [active, active, active], 'pending'],
    ['it is active for as long as asked', [active, active, active, active], 'succeeded'],
    ['it took a while to start', [starting, starting, active, active, active, active], 'succeeded'],
    ['it reloads meanwhile', [active, { ...active, activeState: 'reloading' }, active, active], 'succeeded'],
    [
      'it is active with the invocation of before: nothing was restarted',
      Array(20).fill(activeBefore),
      'pending',
    ],
    ['that until time is up', Array(21).fill(activeBefore), 'failed'],
    ['it fails again', [active, aUnit({ invocationId: 'after' })], 'failed'],
    ['it never starts', [failed], 'failed'],
    ['it is stopped by somebody', [active, stopped], 'failed'],
    ['it crashes and is started again', [active, active, again, again, again, again], 'failed'],
    ['it starts for ever', Array(21).fill(starting), 'failed'],
    ['it becomes active too late to prove it', [...Array(19).fill(starting), active, active], 'failed'],
    ['it is gone', [active, undefined], 'failed'],
  ] satisfies readonly (readonly [string, readonly (Unit | undefined)[], string])[])(
    'when %s',
    (_what, units, kind) => {
      expect(judge('started-anew', RULE, START, looks(...units)).kind).toBe(kind);
    },
  );

  it('takes a oneshot service for done when it has run to its end, once more and with success', () => {
    const once = { isOneshot: true, activeState: 'inactive', subState: 'dead', result: 'success' } as const;
    const kind = (unit: Unit) => judge('started-anew', RULE, START, looks(unit)).kind;
    expect(kind(aUnit({ ...once, invocationId: 'after' }))).toBe('succeeded');
    expect(kind(aUnit({ ...once, invocationId: 'before' }))).toBe('pending');
    expect(kind(aUnit({ ...once, invocationId: 'after', result: 'exec-condition' }))).toBe('pending');
    expect(kind(aUnit({ ...once, invocationId: 'after', isOneshot: false }))).toBe('pending');
  });

  it('says what it saw', () => {
    expect(judge('started-anew', RULE, START, looks(active, again))).toMatchObject({
      detail: 'the unit ended and was started yet again',
    });
    expect(judge('started-anew', RULE, START, looks(failed))).toMatchObject({
      detail: 'the unit failed again (exit-code)',
    });
    expect(judge('started-anew', RULE, START, looks(active, stopped))).toMatchObject({
      detail: 'the unit did not stay active; it is inactive (dead)',
    });
    expect(judge('started-anew', RULE, START, looks(...Array(21).fill(starting)))).toMatchObject({
      detail: 'not active within 20 s; it is activating (start)',
    });
  });

  it('is success only if every look since the first active one saw the same new invocation', () => {
    const seen = fc.array(fc.constantFrom(failed, starting, active, again, stopped, activeBefore), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(seen, (units) => {
        // As in life: looking ends with the first verdict.
        for (let n = 1; n <= units.length; n++) {
          const verdict = judge('started-anew', RULE, START, looks(...units.slice(0, n)));
          if (verdict.kind === 'failed') return;
          if (verdict.kind !== 'succeeded') continue;
          const held = units.slice(n - 1 - RULE.holdSeconds, n);
          expect(new Set(held.map((unit) => unit.invocationId)).size).toBe(1);
          expect(held.every((unit) => unit.activeState === 'active' && unit.invocationId !== 'before')).toBe(
            true,
          );
          return;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the verdict about what is no start', () => {
  it.each([
    ['stopped', [active, stopped], 'succeeded'],
    ['stopped', [active, active], 'pending'],
    ['stopped', Array(21).fill(active), 'failed'],
    ['stopped', [undefined], 'failed'],
    ['running', [{ ...active, activeState: 'reloading' }, active], 'succeeded'],
    ['running', [failed], 'failed'],
    ['running', Array(21).fill(starting), 'failed'],
    ['not-failed', [stopped], 'succeeded'],
    ['not-failed', [failed], 'pending'],
    ['not-failed', Array(21).fill(failed), 'failed'],
    ['nothing', [], 'succeeded'],
  ] satisfies readonly (readonly [Goal, readonly (Unit | undefined)[], string])[])(
    'to be %s: %#',
    (goal, units, kind) => {
      expect(judge(goal, RULE, START, looks(...units)).kind).toBe(kind);
    },
  );

  it('says what it saw', () => {
    expect(judge('stopped', RULE, START, looks(...Array(21).fill(active)))).toMatchObject({
      detail: 'not stopped within 20 s; it is active (running)',
    });
  });
});
