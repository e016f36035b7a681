import type { Condition } from './condition.ts';
import type { Limits } from './throttle.ts';

/** What a service manager can do to a unit. */
export const UNIT_ACTIONS = ['restart', 'start', 'stop', 'reload', 'reset_failed'] as const;

/** One of them. */
export type UnitAction = (typeof UNIT_ACTIONS)[number];

/** What a step of a ladder can do. */
export const ACTIONS = [...UNIT_ACTIONS, 'run', 'throttle', 'power_mode', 'notify'] as const;

/** One of them. */
export type Action = (typeof ACTIONS)[number];

interface StepOf<A extends Action> {
  readonly action: A;
  /** How long the alert may go on after this step before the next one is taken. */
  readonly waitSeconds: number;
  /** All must hold, as read on the machine right before; else the step is refused. */
  readonly onlyIf: readonly Condition[];
}

/** Forgets the unit's failure, and starts it anew; a unit that is active, too, if the policy says so. */
export interface RestartStep extends StepOf<'restart'> {
  /** Restarted together with it, in the order that the manager's own dependencies ask for. */
  readonly also: readonly string[];
  /** Whether a unit that is active is restarted as well, as one that leaks memory. */
  readonly evenIfActive: boolean;
}

/** What takes nothing but the unit. */
export interface PlainStep extends StepOf<'start' | 'stop' | 'reload' | 'reset_failed'> {}

/** Runs a oneshot unit to its end, and then perhaps does something to the unit of the alert. */
export interface RunStep extends StepOf<'run'> {
  readonly unit: string;
  /** Done to the unit of the alert afterwards. */
  readonly followUp: 'restart' | 'start' | undefined;
}

/** Gives the unit less, until the alert is over or the machine restarts. */
export interface ThrottleStep extends StepOf<'throttle'> {
  readonly limits: Limits;
}

/** Changes the power mode of the machine through a oneshot unit. */
export interface PowerModeStep extends StepOf<'power_mode'> {
  readonly unit: string;
  /** Run once the alert is over; undefined: the mode stays. */
  readonly undo: string | undefined;
}

/** Does nothing but tell, in the ledger, the log and the metrics. */
export interface NotifyStep extends StepOf<'notify'> {
  readonly message: string;
}

/** One step of a ladder. */
export type Step = RestartStep | PlainStep | RunStep | ThrottleStep | PowerModeStep | NotifyStep;

/** The units beside that of the alert which a step touches. */
export function otherUnits(step: Step): readonly string[] {
  switch (step.action) {
    case 'restart':
      return step.also;
    case 'run':
      return [step.unit];
    case 'power_mode':
      return step.undo === undefined ? [step.unit] : [step.unit, step.undo];
    default:
      return [];
  }
}

/** Whether a step starts the unit of the alert, and so repairs it if that is proven; the others ease its trouble. */
export function startsUnit(step: Step): boolean {
  const { action } = step;
  return action === 'restart' || action === 'start' || (action === 'run' && step.followUp !== undefined);
}

/** Whether a step is meant for a unit that runs: one that is down needs none of it. */
export function needsRunningUnit({ action }: Step): boolean {
  return action === 'throttle' || action === 'stop' || action === 'reload';
}
