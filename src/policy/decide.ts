import { messageOf } from '../domain/errors.ts';
import type { Decision, Denial, RepairRequest } from '../domain/repair.ts';
import type { Rail, RailContext } from './rail.ts';

/**
 * What to do about a request.
 *
 * All rails are asked, so that a refusal tells every reason at once; a rail that throws is a refusal.
 * Only a request that no rail objects to runs, and only if its policy enforces; else it is rehearsed.
 */
export function decide(request: RepairRequest, context: RailContext, rails: readonly Rail[]): Decision {
  const denials = rails.flatMap((rail) => denialsOf(rail, request, context));
  if (denials.length > 0) return { kind: 'refuse', request, denials };
  return { kind: request.policy.mode === 'enforce' ? 'run' : 'rehearse', request };
}

function denialsOf(rail: Rail, request: RepairRequest, context: RailContext): readonly Denial[] {
  try {
    const denial = rail.check(request, context);
    return denial === undefined ? [] : [{ rail: rail.name, ...denial }];
  } catch (thrown) {
    return [{ rail: rail.name, reason: `the rail itself failed: ${messageOf(thrown)}` }];
  }
}
