import type { Verification } from '../domain/policy.ts';
import type { Unit } from '../domain/unit.ts';

/** A look at the unit; `unit` is undefined if there was none of that name. */
export interface Look {
  readonly atMs: number;
  readonly unit: Unit | undefined;
}

/** Where the proof of a repair stands. */
export type Verdict =
  | { readonly kind: 'pending' }
  | { readonly kind: 'succeeded'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };

/** What the unit is compared with: its invocation before the repair, and when the waiting began. */
export interface VerificationStart {
  readonly invocationBefore: string;
  readonly beganMs: number;
}

/**
 * Whether a repair is proven by the looks taken so far, oldest first.
 *
 * Proven: active, started anew (another invocation than before), and the same invocation for the whole of
 * `hold`. Failed: the unit failed, started yet again, fell out of active once it was there, or was not
 * active in time.
 */
export function judge(rule: Verification, start: VerificationStart, looks: readonly Look[]): Verdict {
  const last = looks.at(-1);
  if (last === undefined) return { kind: 'pending' };
  const anew = looks.filter(({ unit }) => isAnew(unit, start.invocationBefore));
  const first = anew.find(({ unit }) => unit?.activeState === 'active');
  const broken = faultOf(last, first);
  if (broken !== undefined) return { kind: 'failed', detail: broken };
  if (first !== undefined && last.atMs - first.atMs >= rule.holdSeconds * 1000) {
    return { kind: 'succeeded', detail: `active for ${rule.holdSeconds} s with one invocation` };
  }
  if (last.atMs - start.beganMs < rule.timeoutSeconds * 1000) return { kind: 'pending' };
  return { kind: 'failed', detail: lateDetail(last, first, rule) };
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
