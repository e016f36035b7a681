import type { Policy } from '../../domain/policy.ts';
import type { PathProblem } from '../explain.ts';
import { overlapProblems } from './overlap.ts';

/** What policies, defaults included, say that contradicts itself or each other. */
export function policyContradictions(policies: readonly Policy[]): readonly PathProblem[] {
  return [
    ...policies.flatMap((policy, index) =>
      [...impossibleTimes(policy), ...unitNotAllowed(policy)].map(({ path, ...problem }) => ({
        ...problem,
        path: ['policies', index, ...path],
      })),
    ),
    ...overlapProblems(policies),
  ].map(({ path, ...problem }) => ({ ...problem, path: ['remediator', ...path] }));
}

function impossibleTimes({ verify, cooldown }: Policy): readonly PathProblem[] {
  const { holdSeconds, timeoutSeconds } = verify;
  const { baseSeconds, maxSeconds } = cooldown;
  const proof = `expected for (${holdSeconds} s) below timeout (${timeoutSeconds} s); it could never succeed`;
  const rest = `expected base (${baseSeconds} s) to be at most max (${maxSeconds} s)`;
  return [
    ...(holdSeconds < timeoutSeconds ? [] : [{ path: ['verify'], message: proof }]),
    ...(baseSeconds <= maxSeconds ? [] : [{ path: ['cooldown'], message: rest }]),
  ];
}

function unitNotAllowed({ unit, allow }: Policy): readonly PathProblem[] {
  if (unit.kind === 'label' || allow.includes(unit.name)) return [];
  const message = `expected ${unit.name} among them, the unit of this policy; without it nothing is ever done`;
  return [{ path: ['allow'], message }];
}
