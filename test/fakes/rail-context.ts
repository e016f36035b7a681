import type { Circumstances } from '../../src/domain/circumstances.ts';
import type { MaintenanceWindow, PolicySet } from '../../src/domain/policy.ts';
import type { RepairRequest } from '../../src/domain/repair.ts';
import type { Action, RunStep, Step } from '../../src/domain/step.ts';
import type { Attempt, Circuit, Past } from '../../src/policy/past.ts';
import type { Rail, RailContext } from '../../src/policy/rail.ts';
import { aPolicySet, aRestart, aUnit, circumstances, NOON } from './repairs.ts';

/** What has happened, as a test tells it. Times are seconds; now is 0. */
export interface PastFacts {
  readonly attempts?: readonly Attempt[];
  readonly circuits?: readonly (Circuit & { readonly policy: string; readonly unit: string })[];
  readonly trouble?: readonly { readonly unit: string; readonly at: number }[];
  /** Invocation ids. */
  readonly ownInvocations?: readonly string[];
  /** Fingerprints. */
  readonly resolved?: readonly string[];
}

/** A past of a few facts. */
export function aPast(facts: PastFacts = {}): Past {
  const { attempts = [], circuits = [], trouble = [], ownInvocations = [], resolved = [] } = facts;
  const inOrder = [...attempts].sort((a, b) => a.startedAt - b.startedAt);
  return {
    attemptsOf: (unit) => inOrder.filter((attempt) => attempt.unit === unit || attempt.also.includes(unit)),
    attemptsSince: (seconds) => inOrder.filter(({ startedAt }) => startedAt >= seconds),
    running: inOrder.filter(({ endedAt }) => endedAt === undefined),
    circuitOf: (policy, unit) => circuits.find((one) => one.policy === policy && one.unit === unit),
    unitsInTrouble: (since) => new Set(trouble.filter(({ at }) => at >= since).map(({ unit }) => unit)),
    isOwnInvocation: (_unit, invocationId) => ownInvocations.includes(invocationId),
    firstTakenIn: () => undefined,
    isResolved: (fingerprint) => resolved.includes(fingerprint),
  };
}

/** An attempt at `a.service` of one second that began so many seconds after now, unless told otherwise. */
export function anAttempt(startedAt: number, changes: Partial<Attempt> = {}): Attempt {
  return {
    id: `i${startedAt}`,
    policy: 'p',
    unit: 'a.service',
    also: [],
    step: 0,
    startedAt,
    endedAt: startedAt + 1,
    ...changes,
  };
}

/** What may be told otherwise of a context. */
export interface ContextChanges
  extends Partial<Pick<RailContext, 'now' | 'steady' | 'unit' | 'others' | 'past'>> {
  readonly settings?: Partial<Omit<PolicySet, 'policies'>>;
  readonly circumstances?: Partial<Circumstances>;
}

/** What a rail is shown: a failed unit on a quiet machine at noon, which is second 0, and nothing has happened. */
export function aRailContext(changes: ContextChanges = {}): RailContext {
  const { policies: _none, ...settings } = aPolicySet([], changes.settings);
  return {
    now: NOON,
    steady: 0,
    unit: aUnit(),
    others: new Map(),
    past: aPast(),
    ...changes,
    settings,
    circumstances: circumstances(changes.circumstances),
  };
}

const COMMON = { waitSeconds: 60, onlyIf: [] };

/** A step of every action. */
export const STEP_OF = {
  restart: aRestart(),
  start: { action: 'start', ...COMMON },
  stop: { action: 'stop', ...COMMON },
  reload: { action: 'reload', ...COMMON },
  reset_failed: { action: 'reset_failed', ...COMMON },
  run: aRun('restart'),
  throttle: {
    action: 'throttle',
    limits: { cpuQuota: 0.5, memoryHigh: undefined, cpuWeight: undefined, ioWeight: undefined },
    ...COMMON,
  },
  power_mode: { action: 'power_mode', unit: 'slow.service', undo: 'fast.service', ...COMMON },
  notify: { action: 'notify', message: 'look at it', ...COMMON },
} as const satisfies Readonly<Record<Action, Step>>;

/** A step that runs `clean.service`, and then does something to the unit of the alert. */
export function aRun(next: RunStep['followUp']): RunStep {
  return { action: 'run', unit: 'clean.service', followUp: next, ...COMMON };
}

/** A window that begins every so many seconds, first so many seconds after noon, and lasts so long. */
export function aWindow(
  everySeconds: number,
  offsetSeconds: number,
  changes: Partial<MaintenanceWindow> = {},
): MaintenanceWindow {
  const everyMs = everySeconds * 1000;
  const first = NOON.getTime() + offsetSeconds * 1000;
  return {
    name: 'backup',
    text: '0 2 * * *, 90m, UTC',
    lastsSeconds: 60,
    blocks: [],
    nextBeginning: (after) =>
      new Date(first + (Math.floor((after.getTime() - first) / everyMs) + 1) * everyMs),
    ...changes,
  };
}

/** The same some seconds later: time has passed, and nothing else has happened. */
export function afterSeconds(context: RailContext, seconds: number): RailContext {
  const { secondsSinceBoot: boot } = context.circumstances;
  return {
    ...context,
    now: new Date(context.now.getTime() + seconds * 1000),
    steady: context.steady + seconds,
    circumstances: {
      ...context.circumstances,
      secondsSinceBoot: boot.known ? { known: true, value: boot.value + seconds } : boot,
    },
  };
}

/** What a rail says when the alert comes in anew at a time that it has named. */
export function askedAgain(
  rail: Rail,
  request: RepairRequest,
  context: RailContext,
  at: Date,
): ReturnType<Rail['check']> {
  const then = afterSeconds(context, (at.getTime() - context.now.getTime()) / 1000);
  return rail.check({ ...request, stepIndex: 0, receivedAt: then.steady }, then);
}
