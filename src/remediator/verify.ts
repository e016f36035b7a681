import type { Verification } from '../domain/policy.ts';
import type { Step } from '../domain/step.ts';
import type { Unit } from '../domain/unit.ts';

/** A look at the unit; `unit` is undefined if there was none of that name. */
export interface Look {
  readonly atMs: number;
  readonly unit: Unit | undefined;
}

/** Where the proof of a step stands. */
export type Verdict =
  | { readonly kind: 'pending' }
  | { readonly kind: 'succeeded'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };

/** What the unit is compared with: its invocation before the step, and when the waiting began. */
export interface VerificationStart {
  readonly invocationBefore: string;
  readonly beganMs: number;
}

/** What a step wants of the unit; `nothing`: the manager's word is enough. */
export type Goal = 'started-anew' | 'stopped' | 'running' | 'not-failed' | 'nothing';

/** What a step wants of the unit of the alert. */
export function goalOf(step: Step): Goal {
  switch (step.action) {
    case 'restart':
    case 'start':
      return 'started-anew';
    case 'run':
      return step.followUp === undefined ? 'nothing' : 'started-anew';
    case 'stop':
      return 'stopped';
    case 'reload':
      return 'running';
    case 'reset_failed':
      return 'not-failed';
    case 'throttle':
    case 'power_mode':
    case 'notify':
      return 'nothing';
    default:
      return step satisfies never;
  }
}

/** Whether a goal is proven by the looks taken so far, oldest first. */
export function judge(
  goal: Goal,
  rule: Verification,
  start: VerificationStart,
  looks: readonly Look[],
): Verdict {
  const last = looks.at(-1);
  if (goal === 'nothing') return { kind: 'succeeded', detail: 'done' };
  if (last === undefined) return { kind: 'pending' };
  if (goal === 'started-anew') return judgeStart(rule, start, looks, last);
  const verdict = judgeState(goal, last);
  if (verdict !== undefined) return verdict;
  if (last.atMs - start.beganMs < rule.timeoutSeconds * 1000) return { kind: 'pending' };
  const state = `${last.unit?.activeState} (${last.unit?.subState})`;
  return { kind: 'failed', detail: `not ${WORDS[goal]} within ${rule.timeoutSeconds} s; it is ${state}` };
}

const WORDS = { stopped: 'stopped', running: 'active', 'not-failed': 'rid of its failure' } as const;

/** Undefined: not yet. */
function judgeState(goal: keyof typeof WORDS, { unit }: Look): Verdict | undefined {
  if (unit === undefined) return { kind: 'failed', detail: 'the unit is gone' };
  const { activeState, subState } = unit;
  const reached = { kind: 'succeeded', detail: `${activeState} (${subState})` } as const;
  switch (goal) {
    case 'stopped':
      return activeState === 'inactive' || activeState === 'failed' ? reached : undefined;
    case 'running':
      if (activeState === 'active') return reached;
      if (activeState !== 'failed') return undefined;
      return { kind: 'failed', detail: `the unit failed (${unit.result || 'no result'})` };
    case 'not-failed':
      return activeState === 'failed' ? undefined : reached;
    default:
      return goal satisfies never;
  }
}

/**
 * Proven: active, started anew (another invocation than before), and the same invocation for the whole of `hold`.
 * Failed: the unit failed, started yet again, fell out of active once it was there, or was not active in time.
 */
function judgeStart(
  rule: Verification,
  start: VerificationStart,
  looks: readonly Look[],
  last: Look,
): Verdict {
  const anew = looks.filter(({ unit }) => isAnew(unit, start.invocationBefore));
  const first = anew.find(({ unit }) => unit?.activeState === 'active');
  if (last.unit?.isOneshot && hasEndedWell(last.unit, start)) {
    return { kind: 'succeeded', detail: 'ran to its end, with success' };
  }
  const broken = faultOf(last, first);
  if (broken !== undefined) return { kind: 'failed', detail: broken };
  if (first !== undefined && last.atMs - first.atMs >= rule.holdSeconds * 1000) {
    return { kind: 'succeeded', detail: `active for ${rule.holdSeconds} s with one invocation` };
  }
  if (last.atMs - start.beganMs < rule.timeoutSeconds * 1000) return { kind: 'pending' };
  return { kind: 'failed', detail: lateDetail(last, first, rule) };
}

/** A oneshot service is not active when it is done. */
function hasEndedWell(unit: Unit, { invocationBefore }: VerificationStart): boolean {
  return isAnew(unit, invocationBefore) && unit.activeState === 'inactive' && unit.result === 'success';
}

function isAnew(unit: Unit | undefined, before: string): boolean {
  return unit !== undefined && unit.invocationId !== '' && unit.invocationId !== before;
}

function faultOf({ unit }: Look, first: Look | undefined): string | undefined {
  if (unit === undefined) return 'the unit is gone';
  if (unit.activeState === 'failed') return `the unit failed again (${unit.result || 'no result'})`;
  if (first?.unit === undefined) return undefined;
  if (unit.invocationId !== first.unit.invocationId) return 'the unit ended and was started yet again';
  if (unit.activeState === 'active' || unit.activeState === 'reloading') return undefined;
  return `the unit did not stay active; it is ${unit.activeState} (${unit.subState})`;
}

function lateDetail(
  { unit }: Look,
  first: Look | undefined,
  { holdSeconds, timeoutSeconds }: Verification,
): string {
  if (first !== undefined) return `active, but not for ${holdSeconds} s within ${timeoutSeconds} s`;
  return `not active within ${timeoutSeconds} s; it is ${unit?.activeState} (${unit?.subState})`;
}
