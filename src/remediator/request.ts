import type { Alert } from '../domain/alert.ts';
import type { ReceivedEvent } from '../domain/ledger.ts';
import type { PolicySet } from '../domain/policy.ts';
import type { Denial, RepairRequest } from '../domain/repair.ts';
import { systemUnit } from '../domain/unit.ts';
import { matchesPolicy } from '../policy/match.ts';
import type { Case } from './case.ts';

/** What a policy wants to do now at a step of its ladder, or why nothing: it may have changed since the alert came. */
export function requestOf(
  { received, receivedAt }: Case,
  index: number,
  { policies }: PolicySet,
): RepairRequest | { readonly denial: Denial } {
  const { id, unit } = received;
  const policy = policies.find(({ name }) => name === received.policy);
  const alert = alertOf(received);
  if (policy === undefined || !matchesPolicy(policy, alert)) {
    return { denial: changed(`no policy ${received.policy} that fits this alert is configured any more`) };
  }
  const step = policy.steps[index];
  if (step === undefined) {
    return { denial: changed(`policy ${policy.name} has no step ${index + 1} any more`) };
  }
  return { id, alert, policy, unit: systemUnit(unit), step, stepIndex: index, receivedAt };
}

function changed(reason: string): Denial {
  return { rail: 'policy-changed', reason };
}

function alertOf({ labels, startsAt, fingerprint }: ReceivedEvent): Alert {
  return {
    status: 'firing',
    labels: new Map(Object.entries(labels)),
    startsAt: new Date(startsAt),
    fingerprint,
  };
}
