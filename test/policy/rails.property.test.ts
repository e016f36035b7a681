import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../../src/domain/policy.ts';
import type { RepairRequest } from '../../src/domain/repair.ts';
import type { Step } from '../../src/domain/step.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Rail, RailContext } from '../../src/policy/rail.ts';
import { RAILS } from '../../src/policy/rails.ts';
import {
  inFull,
  OTHER_TWISTS,
  PASSING,
  type RailCase,
  railCases,
  TIMED_TWISTS,
} from '../fakes/rail-cases.ts';
import { afterSeconds, anAttempt, aPast, aRailContext, askedAgain } from '../fakes/rail-context.ts';
import { aPolicy, aRequest } from '../fakes/repairs.ts';

const RUNS = { numRuns: 4000 };

const anyCase = railCases([...TIMED_TWISTS, ...OTHER_TWISTS]);

const decided = (one: RailCase) => {
  const { request, context } = inFull(one);
  return decide(request, context, RAILS);
};

/**
 * Why nothing may be done, by rules written anew for this test from what the issue says, without the rails' code.
 *
 * Now is second 0; see `RailCase`.
 */
function forbidden(one: RailCase): readonly string[] {
  const { request, context } = inFull(one);
  const { policy, unit, stepIndex } = request;
  const id = context.unit?.id ?? unit.name;
  const { attempts = [], circuits = [] } = one.past;
  const mine = attempts.filter((attempt) => attempt.unit === id);
  const running = attempts.filter(({ endedAt }) => endedAt === undefined);
  const { pause } = one.circumstances;
  const open = circuits.find((circuit) => circuit.policy === policy.name && circuit.unit === id);
  // A word to people changes nothing.
  const acts = request.step.action !== 'notify';
  const reasons: Readonly<Record<string, boolean>> = {
    'not allowed': !policy.allow.includes(unit.name),
    protected: allNames(request, context).some((name) => context.settings.protectedUnits.includes(name)),
    'no such unit': context.unit === undefined,
    paused: pause !== undefined && (!pause.known || isAhead(pause.value?.until, pause.value !== undefined)),
    'in a window': one.windows.some(isOnNow),
    'over a limit of the unit': acts && policy.limits.some((limit) => isOver(limit, mine)),
    'over a limit of the machine':
      acts && context.settings.budget.limits.some((limit) => isOver(limit, attempts)),
    'too many at a time': acts && running.length >= context.settings.budget.concurrent,
    'circuit open': open !== undefined && (open.tryAt > 0 || stepIndex > 0),
    storm: acts && inTrouble(one, id) >= context.settings.storm.units,
    'dry run': policy.mode !== 'enforce',
    'the alert is over': (one.past.resolved ?? []).includes(request.alert.fingerprint),
  };
  return Object.keys(reasons).filter((reason) => reasons[reason]);
}

/** What Alertmanager calls forever, too, is ahead. */
function isAhead(until: Date | undefined, isSet: boolean): boolean {
  return isSet && (until === undefined || until.getTime() > aRailContext().now.getTime());
}

function allNames({ unit, step }: RepairRequest, context: RailContext): readonly string[] {
  const others = namedIn(step);
  const live = [context.unit, ...others.map((name) => context.others.get(name))];
  return [unit.name, ...others, ...live.flatMap((one) => (one === undefined ? [] : [one.id, ...one.names]))];
}

function namedIn(step: Step): readonly string[] {
  const all = [
    ...('also' in step ? step.also : []),
    'unit' in step ? step.unit : '',
    'undo' in step ? step.undo : '',
  ];
  return all.filter((name) => name !== undefined && name !== '').map(String);
}

function isOnNow([every, offset, lasts]: RailCase['windows'][number]): boolean {
  for (let begin = offset - Math.ceil((offset + lasts) / every + 1) * every; begin <= 0; begin += every) {
    if (begin + lasts > 0) return true;
  }
  return false;
}

/** Whether one more attempt now would be one too many in any stretch of time of that length. */
function isOver(
  { count, windowSeconds }: RateLimit,
  attempts: readonly { startedAt: number; endedAt: number | undefined }[],
): boolean {
  const counted = attempts.filter(
    ({ startedAt, endedAt }) => endedAt === undefined || 0 - startedAt < windowSeconds,
  );
  return counted.length + 1 > count;
}

function inTrouble(one: RailCase, id: string): number {
  const { request, context } = inFull(one);
  const own = new Set([id, request.unit.name, ...(context.unit?.names ?? [])]);
  const others = (one.past.trouble ?? []).filter(({ at, unit }) => at >= -120 && !own.has(unit));
  return new Set(others.map(({ unit }) => unit)).size + 1;
}

/** Nobody can tell when it runs, when it can be started, or when a person will have mended it. */
const UNFORETOLD = ['already-healthy', 'unit-restartable', 'xid-gate', 'under-way', 'pause'];

describe('all rails together', () => {
  it('let a failed unit of the allow list through', () => {
    expect(decided(PASSING)).toMatchObject({ kind: 'run' });
  });

  it('have names of their own, which stand in the ledger and in metrics', () => {
    const names = RAILS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('never run what is forbidden', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(anyCase, (one) => {
        const { kind } = decided(one);
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        const reasons = forbidden(one);
        if (kind === 'run') expect(reasons).toEqual([]);
        if (kind === 'rehearse') expect(reasons).toEqual(['dry run']);
      }),
      RUNS,
    );
    // A property about what runs says nothing unless enough of it runs.
    for (const kind of ['run', 'rehearse', 'refuse']) expect(kinds.get(kind) ?? 0).toBeGreaterThan(20);
  });

  it('never turn a refusal into a run by one more of them', () => {
    const some = fc.subarray([...RAILS]);
    fc.assert(
      fc.property(anyCase, some, fc.constantFrom(...RAILS), (one, rails, more) => {
        const { request, context } = inFull(one);
        const before = decide(request, context, rails).kind;
        const after = decide(request, context, [...rails, more]).kind;
        if (before === 'refuse') expect(after).toBe('refuse');
        if (after !== 'refuse') expect(after).toBe(before);
      }),
      RUNS,
    );
  });

  it('refuse if any one of them breaks', () => {
    fc.assert(
      fc.property(anyCase, fc.nat(RAILS.length - 1), (one, index) => {
        const broken: Rail = {
          name: 'broken',
          check() {
            throw new Error('out of order');
          },
        };
        const { request, context } = inFull(one);
        const decision = decide(request, context, RAILS.with(index, broken));
        if (decision.kind !== 'refuse') throw new Error('a rail that throws is a refusal');
        const reason = 'the rail itself failed: out of order';
        expect(decision.denials).toContainEqual({ rail: 'broken', reason });
      }),
      RUNS,
    );
  });

  it('refuse if what they look at breaks', () => {
    const settings = {
      ...aRailContext().settings,
      get protectedUnits(): readonly string[] {
        throw new Error('gone');
      },
    };
    const decision = decide(aRequest(), { ...aRailContext(), settings }, RAILS);
    expect(decision).toMatchObject({ kind: 'refuse', denials: [{ rail: 'protected-unit' }] });
  });

  it('change nothing that they look at, and answer the same twice', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const { request, context } = inFull(one);
        deepFreeze(request);
        deepFreeze(context);
        const seen = inspect([request, context], { depth: null });
        const first = decide(request, context, RAILS);
        expect(decide(request, context, RAILS)).toEqual(first);
        expect(inspect([request, context], { depth: null })).toBe(seen);
      }),
      { numRuns: 2000 },
    );
  });

  it('name no time to ask again that has passed', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const decision = decided(one);
        if (decision.kind !== 'refuse') return;
        for (const { reason, retryAt } of decision.denials) {
          expect(reason).not.toBe('');
          if (retryAt !== undefined) {
            expect(retryAt.getTime()).toBeGreaterThan(inFull(one).context.now.getTime());
          }
        }
      }),
      RUNS,
    );
  });

  it('object no more at the time that they have named, if that is known', () => {
    const ended = new Map<string, number>();
    fc.assert(
      fc.property(railCases(TIMED_TWISTS, 8), (one) => {
        const { request, context } = inFull(one);
        for (const rail of RAILS) {
          const { retryAt, reason = '' } = rail.check(request, context) ?? {};
          if (retryAt === undefined || UNFORETOLD.includes(rail.name)) continue;
          // Nor how a try will end.
          if (reason.includes('the one try is made already')) continue;
          ended.set(rail.name, (ended.get(rail.name) ?? 0) + 1);
          expect([rail.name, askedAgain(rail, request, context, retryAt)]).toEqual([rail.name, undefined]);
        }
      }),
      RUNS,
    );
    expect([...ended.keys()].sort()).toEqual([
      'blame-window',
      'circuit',
      'cooldown',
      'host-budget',
      'maintenance-window',
      'rate-limit',
      'stale-alert',
      'storm',
    ]);
  });

  it('keep within all limits over any history of requests', () => {
    const limit = fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      windowSeconds: fc.integer({ min: 60, max: 2000 }),
    });
    const limits = fc.array(limit, { minLength: 1, maxLength: 3 });
    const gaps = fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(limits, limits, gaps, (ofUnit, ofMachine, steps) => {
        const policy = aPolicy({
          limits: ofUnit,
          cooldown: { ...aPolicy().cooldown, baseSeconds: 1, maxSeconds: 9 },
        });
        const begun: number[] = [];
        let context = aRailContext({ settings: { budget: { concurrent: 1, limits: ofMachine } } });
        for (const gap of steps) {
          const past = aPast({ attempts: begun.map((at) => anAttempt(at)) });
          context = afterSeconds({ ...context, past }, gap / 1000);
          const alert = { ...aRequest().alert, startsAt: context.now };
          const request = aRequest({ policy, alert, receivedAt: context.steady });
          if (decide(request, context, RAILS).kind === 'run') begun.push(context.steady);
        }
        for (const { count, windowSeconds } of [...ofUnit, ...ofMachine])
          expect(mostWithin(begun, windowSeconds)).toBeLessThanOrEqual(count);
      }),
      { numRuns: 1000 },
    );
  });
});

/** The most that began within any stretch of time of that length. */
function mostWithin(begun: readonly number[], windowSeconds: number): number {
  return Math.max(
    0,
    ...begun.map((from) => begun.filter((at) => at >= from && at - from < windowSeconds - 1e-6).length),
  );
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  if (value instanceof Map) for (const part of value.values()) deepFreeze(part);
}
