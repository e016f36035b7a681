import type { Policy } from '../../domain/policy.ts';
import type { Config } from '../config.ts';
import type { PathProblem } from '../explain.ts';
import type { ListenAddress } from '../listen.ts';
import type { WrittenConfig } from '../schema.ts';
import { impossibleAlerts } from './impossible.ts';
import { overlapProblems } from './overlap.ts';
import { ownUnitProblems } from './own-unit.ts';

type Written = WrittenConfig['remediator'];

/** What a configuration, defaults included, says that contradicts itself. `written`: as it was before them. */
export function contradictions(
  { exporter, remediator }: Pick<Config, 'exporter' | 'remediator'>,
  written: Written,
): readonly PathProblem[] {
  const { policies } = remediator.policySet;
  const found = [
    ...portProblems(exporter.listen, remediator.listen),
    ...policies.flatMap((policy, index) => [
      ...impossibleTimes(policy, index, written),
      ...[...impossibleAlerts(policy), ...ownUnitProblems(policy)].map((problem) => ({
        ...problem,
        path: ['policies', index, ...problem.path],
      })),
    ]),
    ...overlapProblems(policies),
  ].map((problem) => ({ ...problem, path: ['remediator', ...problem.path] }));
  // What defaults say wrongly is found in each policy.
  return [...new Map(found.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function portProblems(exporter: ListenAddress, { host, port }: ListenAddress): readonly PathProblem[] {
  if (port === 0 || port !== exporter.port || !meet(exporter.host, host)) return [];
  const message = `expected another port than ${port}, on which the exporter listens; its usual one is 10559`;
  return [{ path: ['listen'], message }];
}

/** Whether two listeners on one port would be in each other's way. */
function meet(one: string, other: string): boolean {
  const takes = (all: string, host: string) => all === '::' || (all === '0.0.0.0' && !host.includes(':'));
  return one === other || takes(one, other) || takes(other, one);
}

function impossibleTimes(policy: Policy, index: number, { policies }: Written): readonly PathProblem[] {
  const { holdSeconds, timeoutSeconds } = policy.verify;
  const { baseSeconds, maxSeconds } = policy.cooldown;
  const { verify, cooldown } = policies[index] ?? {};
  const at = (key: string, isOwn: boolean) => (isOwn ? ['policies', index, key] : ['defaults', key]);
  const ownProof = verify?.for !== undefined || verify?.timeout !== undefined;
  const ownRest = cooldown?.base !== undefined || cooldown?.max !== undefined;
  const proof = `expected for (${holdSeconds} s) below timeout (${timeoutSeconds} s); it could never succeed`;
  const rest = `expected base (${baseSeconds} s) to be at most max (${maxSeconds} s)`;
  return [
    ...(holdSeconds < timeoutSeconds ? [] : [{ path: at('verify', ownProof), message: proof }]),
    ...(baseSeconds <= maxSeconds ? [] : [{ path: at('cooldown', ownRest), message: rest }]),
  ];
}
