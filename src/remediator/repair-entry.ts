import type { Intake, TakenStep } from '../policy/history/intake.ts';

/** What an alert led to, from intake to end; an entry of `GET /api/v1/repairs` and of `fettle repairs --json`. */
export type RepairEntry = ReturnType<typeof repairEntry>;

/** The entry of one intake. Times are RFC 3339; what has not come yet is null. */
export function repairEntry({ received, phase, isResolved, steps, end }: Intake) {
  return {
    id: received.id,
    policy: received.policy,
    unit: steps.at(-1)?.started.unit ?? end?.unit ?? received.unit,
    /** How it ended, or how far it has come. */
    outcome: end?.event === 'ended' ? end.ending : phase,
    alert: {
      alertname: received.alertname,
      fingerprint: received.fingerprint,
      startsAt: received.startsAt,
      resolved: isResolved,
    },
    receivedAt: received.at,
    endedAt: end?.at ?? null,
    steps: steps.map(stepEntry),
    /** What a dry run would have done. */
    rehearsed: end?.event === 'rehearsed' ? end.action : null,
    detail: end === undefined || end.event === 'refused' ? null : end.detail,
    denials: end?.event === 'refused' ? end.denials : [],
  };
}

function stepEntry({ started, finished, undone }: TakenStep) {
  return {
    step: started.step,
    action: started.action,
    startedAt: started.at,
    finishedAt: finished?.at ?? null,
    result: finished?.result ?? null,
    detail: finished?.detail ?? null,
    jobResult: finished?.jobResult ?? null,
    seconds: finished?.seconds ?? null,
    invocationBefore: started.invocationId,
    invocationAfter: finished?.invocationId ?? null,
    evidence: started.evidence === '' ? null : started.evidence,
    saved: started.saved ?? null,
    limits: started.limits ?? null,
    undone: undone?.result ?? null,
  };
}
