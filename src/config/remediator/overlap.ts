import type { Policy } from '../../domain/policy.ts';
import { otherUnits } from '../../domain/step.ts';
import type { PathProblem } from '../explain.ts';
import { consistent, labelValue, type Value, valuesOf } from './values.ts';

/**
 * Policies of which two may act on one unit for one alert, told at the later one.
 *
 * Two policies are told apart by a label if one takes a single value of it which the other does not take. That the
 * label from which a policy has its unit must have the unit's name counts as well. Patterns are never compared with
 * each other: what is not surely apart may overlap.
 */
export function overlapProblems(policies: readonly Policy[]): readonly PathProblem[] {
  const known = policies.map(claimsOf);
  return known.flatMap((later, index) => {
    for (const earlier of known.slice(0, index)) {
      const unit = contested(earlier, later);
      if (unit !== undefined) return [problemOf(earlier.policy, later.policy, index, unit)];
    }
    return [];
  });
}

/** What a policy may do, and when. */
interface Claims {
  readonly policy: Policy;
  /** Values that labels must have, whichever unit it is. */
  readonly values: readonly Value[];
  /** Each unit that an alert may be about. */
  readonly targets: ReadonlySet<string>;
  /** Restarted together with any of them. */
  readonly also: readonly string[];
  /** Run to their end; two policies may share those. */
  readonly runs: readonly string[];
}

function claimsOf(policy: Policy): Claims {
  const { when, unit, allow, steps } = policy;
  return {
    policy,
    values: valuesOf(when),
    targets: new Set(unit.kind === 'label' ? allow : allow.filter((name) => name === unit.name)),
    also: steps.flatMap((step) => (step.action === 'restart' ? step.also : [])),
    runs: steps.flatMap((step) => (step.action === 'restart' ? [] : otherUnits(step))),
  };
}

/** A unit at which both may act for one alert. */
function contested(one: Claims, other: Claims): string | undefined {
  if (!consistent([...one.values, ...other.values], [...one.policy.when, ...other.policy.when]))
    return undefined;
  for (const mine of one.targets) {
    for (const theirs of rivals(one, mine, other)) {
      const [some, others] = [
        [mine, ...one.also],
        [theirs, ...other.also],
      ];
      const shared = sharedUnit(some, others) ?? sharedUnit(some, other.runs) ?? sharedUnit(one.runs, others);
      if (shared !== undefined && canMeet(one, mine, other, theirs)) return shared;
    }
  }
  return undefined;
}

/** Targets of another policy that may lead to a unit in common; mostly that is the unit itself, if any. */
function rivals(one: Claims, mine: string, other: Claims): Iterable<string> {
  if ([one.also, one.runs, other.also, other.runs].some(({ length }) => length > 0)) return other.targets;
  return other.targets.has(mine) ? [mine] : [];
}

function sharedUnit(some: readonly string[], others: readonly string[]): string | undefined {
  return some.find((unit) => others.includes(unit));
}

/** Whether one alert may have one policy act on one unit, and the other one on another. */
function canMeet(one: Claims, mine: string, other: Claims, theirs: string): boolean {
  const values = [
    ...one.values,
    ...labelValue(one.policy, mine),
    ...other.values,
    ...labelValue(other.policy, theirs),
  ];
  return consistent(values, [...one.policy.when, ...other.policy.when]);
}

function problemOf(earlier: Policy, later: Policy, index: number, unit: string): PathProblem {
  const place = later.allow.indexOf(unit);
  const message =
    `expected one policy for one alert and one unit; this one and ${earlier.name} may both act on ${unit}: ` +
    'tell them apart by a label, as in severity = "critical" here and severity != "critical" there, or allow the unit in one of them';
  return { path: ['policies', index, ...(place === -1 ? ['name'] : ['allow', place])], message };
}
