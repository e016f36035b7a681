import type { Policy } from '../../domain/policy.ts';
import type { PathProblem } from '../explain.ts';
import { consistent, labelValue, valuesOf } from './values.ts';

/** What keeps a policy from ever fitting an alert, or from ever having a unit. */
export function impossibleAlerts(policy: Policy): readonly PathProblem[] {
  const matchers = contradictoryMatchers(policy);
  if (matchers.length > 0) return matchers;
  const { unit, allow } = policy;
  if (unit.kind === 'literal') {
    if (allow.includes(unit.name)) return [];
    const message = `expected ${unit.name} among them, the unit of this policy; without it nothing is ever done`;
    return [{ path: ['allow'], message }];
  }
  if (unreachableUnits(policy).length < allow.length) return [];
  const message = `expected a unit that when lets through as the label ${unit.label}; it takes none of these, so nothing is ever done`;
  return [{ path: ['allow'], message }];
}

function contradictoryMatchers({ when }: Policy): readonly PathProblem[] {
  for (const { label, value } of valuesOf(when)) {
    const index = when.findIndex((matcher) => matcher.label === label && !matcher.matches(value));
    if (index === -1) continue;
    const message = `expected a matcher that takes ${label} = ${JSON.stringify(value)}, which another one here asks for; no alert fits both`;
    return [{ path: ['when', index], message }];
  }
  return [];
}

/** The units that a policy allows and can never be about. */
export function unreachableUnits(policy: Policy): readonly string[] {
  const { unit, allow, when } = policy;
  if (unit.kind === 'literal') return allow.filter((name) => name !== unit.name);
  const values = valuesOf(when);
  return allow.filter((name) => !consistent([...values, ...labelValue(policy, name)], when));
}
