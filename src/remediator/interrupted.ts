import type { FinishedEvent } from '../domain/ledger.ts';
import type { Intake } from '../policy/history/intake.ts';

/** The end of the step that was under way, if there was one. */
export function interruptedSteps(intake: Intake | undefined, steady: number): readonly FinishedEvent[] {
  const last = intake?.steps.at(-1);
  if (intake?.phase !== 'working' || last === undefined) return [];
  const { id, policy, unit, step, action } = last.started;
  return [
    {
      event: 'finished',
      id,
      policy,
      unit,
      step,
      action,
      result: 'interrupted',
      detail: 'fettle was stopped in the middle of this step, or failed in it; nobody knows how it ended',
      jobResult: '',
      invocationId: '',
      seconds: Math.max(0, steady - last.startedAt),
    },
  ];
}
