import type { Intake } from '../policy/history.ts';

/** What an alert led to, from intake to end; an entry of `GET /api/v1/repairs`. */
export type RepairEntry = ReturnType<typeof repairEntry>;

/** The entry of one intake. */
export function repairEntry(intake: Intake) {
  const { received, phase, resolved, refused, rehearsed, started, finished } = intake;
  return {
    id: received.id,
    policy: received.policy,
    unit: started?.unit ?? received.unit,
    action: received.action,
    outcome: phase,
    alert: {
      alertname: received.alertname,
      fingerprint: received.fingerprint,
      startsAt: received.startsAt,
      resolved,
    },
    receivedAt: received.at,
    endedAt: (finished ?? rehearsed ?? refused)?.at ?? null,
    detail: finished?.detail ?? rehearsed?.detail ?? null,
    denials: refused?.denials ?? [],
    invocationBefore: started?.invocationId ?? null,
    invocationAfter: finished?.invocationId ?? null,
    seconds: finished?.seconds ?? null,
  };
}
