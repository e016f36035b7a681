import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerEvent } from '../../../src/domain/ledger.ts';
import type { Moment } from '../../../src/domain/moment.ts';
import { ACTIONS } from '../../../src/domain/step.ts';
import { SteadyClock } from '../../../src/policy/history/steady-clock.ts';
import type { History } from '../../../src/policy/history.ts';
import { openLedger } from '../../../src/remediator/ledger.ts';
import { repairEntry } from '../../../src/remediator/repair-entry.ts';
import { lineOf } from '../../fakes/ledger.ts';
import { afterNoon, aPolicy, NOON } from '../../fakes/repairs.ts';

const IDS = ['1', '2', '3'];
const UNITS = ['a.service', 'b.service'];
const POLICIES = ['p', 'q'];

/** Times jump as clocks do: an hour forth, an hour back, ten years, or the machine starts again. */
const passing = fc.oneof(
  fc.record({ kind: fc.constant('passes' as const), seconds: fc.integer({ min: 0, max: 100_000 }) }),
  fc.record({ kind: fc.constant('is set' as const), seconds: fc.constantFrom(3600, -3600, 315_360_000) }),
  fc.record({ kind: fc.constant('boots' as const), seconds: fc.integer({ min: 0, max: 600 }) }),
);

type Passing = typeof passing extends fc.Arbitrary<infer T> ? T : never;

function after({ wall, boot, upSeconds }: Moment, { kind, seconds }: Passing): Moment {
  const later = new Date(wall.getTime() + seconds * 1000);
  if (kind === 'is set') return { wall: later, boot, upSeconds };
  return {
    wall: later,
    boot: kind === 'boots' ? `${boot}+` : boot,
    upSeconds: kind === 'boots' ? 1 : upSeconds + seconds,
  };
}

const about = fc.record({
  id: fc.constantFrom(...IDS),
  policy: fc.constantFrom(...POLICIES),
  unit: fc.constantFrom(...UNITS),
  step: fc.integer({ min: 0, max: 1 }),
  action: fc.constantFrom(...ACTIONS),
  invocationId: fc.constantFrom('', 'before', 'after'),
});
const alert = fc.record({
  fingerprint: fc.constantFrom('f1', 'f2'),
  startsAt: fc.constantFrom(NOON, afterNoon(1)).map((date) => date.toISOString()),
});
const retryAt = fc.option(fc.constant(afterNoon(60).toISOString()), { nil: undefined });

/** Sensible or not: fold and file must agree about any lines. */
const event: fc.Arbitrary<LedgerEvent> = fc.oneof(
  fc
    .tuple(about, alert)
    .map(([{ id, policy, unit }, one]) => ({ ...bare(lineOf.received()), id, policy, unit, ...one })),
  fc.tuple(about, retryAt).map(([{ action: _, invocationId: __, ...who }, at]) => {
    const denials = [{ rail: 'r', reason: 'no', ...(at === undefined ? {} : { retryAt: at }) }];
    return { ...bare(lineOf.refused()), ...who, denials };
  }),
  about.map(({ id, policy, unit, action }) => ({ ...bare(lineOf.rehearsed()), id, policy, unit, action })),
  fc.tuple(about, fc.boolean()).map(([who, isSaved]) => {
    const change = isSaved ? { saved: { CPUWeight: '100' }, limits: { CPUWeight: '10' } } : {};
    return { ...bare(lineOf.started()), ...who, ...change };
  }),
  fc
    .tuple(
      about,
      fc.constantFrom('succeeded', 'failed', 'interrupted'),
      fc.constantFrom('', 'done', 'refused'),
    )
    .map(([who, result, jobResult]) => ({ ...bare(lineOf.finished()), ...who, result, jobResult })),
  fc
    .tuple(
      about,
      fc.constantFrom('repaired', 'eased', 'exhausted', 'interrupted'),
      fc.option(fc.nat(1000), { nil: undefined }),
    )
    .map(([{ id, policy, unit }, ending, hold]) => {
      return { ...bare(lineOf.ended()), id, policy, unit, ending, ...(hold === undefined ? {} : { hold }) };
    }),
  fc
    .tuple(about, fc.constantFrom('restored', 'gone', 'failed'))
    .map(([{ id, policy, unit, step }, result]) => {
      return { ...bare(lineOf.undone()), id, policy, unit, step, result };
    }),
  alert.map((one) => ({ ...bare(lineOf.resolved()), ...one })),
);

function bare<Line extends object>(line: Line): Omit<Line, 'v' | 'at' | 'boot' | 'up'> {
  const {
    v: _v,
    at: _at,
    boot: _boot,
    up: _up,
    ...rest
  } = line as Line & Record<'v' | 'at' | 'boot' | 'up', unknown>;
  return rest;
}

/** Everything that can be asked of a history. */
function dump(history: History, now: Moment) {
  const steady = history.steadyAt(now);
  const occurrences = ['f1', 'f2'].flatMap((print) => [NOON, afterNoon(1)].map((at) => [print, at] as const));
  return {
    steady,
    recent: history.recent(100),
    entries: history.recent(100).map(repairEntry),
    unended: history.unended(),
    phases: IDS.map((id) => [history.phaseOf(id), history.stepsOf(id)]),
    taken: occurrences.map(([print, at]) =>
      POLICIES.map((name) => history.isTakenIn(print, at, aPolicy({ name }), now.wall, steady)),
    ),
    occurrences: occurrences.map(([print, at]) => [history.isOpen(print, at), history.isResolved(print, at)]),
    undo: history.toUndo(),
    attempts: [UNITS.map((unit) => history.attemptsOf(unit)), history.attemptsSince(0), history.running],
    circuits: POLICIES.map((policy) => UNITS.map((unit) => history.circuitOf(policy, unit))),
    trouble: [...history.unitsInTrouble(0)],
    own: UNITS.map((unit) => ['', 'before', 'after'].map((id) => history.isOwnInvocation(unit, id))),
    counts: [history.decisions.entries(), history.steps.entries(), history.endings.entries()],
    last: history.lastRepairAt,
  };
}

describe('the state', () => {
  it('is the same after the same lines, wherever restarts fell between them', async () => {
    const move = fc.record({ event, passing, restarts: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 40 }), async (moves) => {
        const texts: string[] = [];
        const files = {
          async *read() {
            yield { file: 'ledger.jsonl', number: 1, texts };
          },
          append: async (linesOf: (beginsFile: boolean) => readonly string[]) => {
            texts.push(...linesOf(texts.length % 7 === 0));
          },
        };
        let now: Moment = { wall: NOON, boot: 'b', upSeconds: 1000 };
        let ledger = await openLedger(files, () => now);
        for (const { event: one, passing: time, restarts } of moves) {
          now = after(now, time);
          await ledger.append([one]);
          if (restarts) ledger = await openLedger(files, () => now);
        }
        const atOnce = await openLedger(files, () => now);
        expect(dump(ledger.history, now)).toEqual(dump(atOnce.history, now));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the own clock', () => {
  it('never goes back, and within a start of the machine is as fast as that', () => {
    fc.assert(
      fc.property(fc.array(passing, { maxLength: 50 }), (times) => {
        const clock = new SteadyClock();
        let now: Moment = { wall: NOON, boot: 'b', upSeconds: 1000 };
        let steady = clock.advance(now);
        let bootedAt = { steady, upSeconds: now.upSeconds };
        expect(steady).toBe(0);
        for (const time of times) {
          const before = { now, steady };
          now = after(now, time);
          expect(clock.at(now)).toBeGreaterThanOrEqual(steady);
          steady = clock.advance(now);
          expect(steady).toBeGreaterThanOrEqual(before.steady);
          if (time.kind === 'boots') bootedAt = { steady, upSeconds: now.upSeconds };
          expect(steady - bootedAt.steady).toBeCloseTo(now.upSeconds - bootedAt.upSeconds, 6);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('stands still where nothing was written yet, and where time is said to go back', () => {
    const clock = new SteadyClock();
    const at = (seconds: number, boot = 'b') => ({
      wall: afterNoon(seconds),
      boot,
      upSeconds: seconds + 100,
    });
    expect(clock.at(at(50))).toBe(0);
    clock.advance(at(0));
    expect([clock.at(at(-5)), clock.at(at(-5, 'other')), clock.at(at(7)), clock.at(at(7, 'other'))]).toEqual([
      0, 0, 7, 7,
    ]);
  });
});
