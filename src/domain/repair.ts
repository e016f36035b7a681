import type { Alert } from './alert.ts';
import type { Policy } from './policy.ts';
import type { Step, UnitAction } from './step.ts';
import type { Limits, LimitValues } from './throttle.ts';
import type { Unit, UnitRef } from './unit.ts';

/** A step that a policy would take about an alert. */
export interface RepairRequest {
  /** Name of this intake in the ledger. */
  readonly id: string;
  readonly alert: Alert;
  readonly policy: Policy;
  readonly unit: UnitRef;
  readonly step: Step;
  /** From 0. */
  readonly stepIndex: number;
  /** When the alert was taken in, on the ledger's clock (seconds). */
  readonly receivedAt: number;
}

/** Why a rail says no, and when it would be worth asking again. */
export interface Denial {
  readonly rail: string;
  readonly reason: string;
  readonly retryAt?: Date;
}

/** What was decided about a request. */
export type Decision =
  | { readonly kind: 'run' | 'rehearse'; readonly request: RepairRequest }
  | { readonly kind: 'refuse'; readonly request: RepairRequest; readonly denials: readonly Denial[] };

/** What became of an action: the manager's word for its job, and the unit as it was found afterwards. */
export interface Outcome {
  /** The service manager's result of the job (`done`, `failed`, `timeout`, ...); empty if it never told. */
  readonly jobResult: string;
  /** In words, for the ledger. */
  readonly detail: string;
  /** Whether the manager took the job at all; a refused job has changed nothing. */
  readonly accepted: boolean;
  readonly unit: Unit | undefined;
}

/** The writing half of a service manager. */
export interface ServiceManager {
  readonly kind: string;
  /** The unit as it is now, or undefined if the manager has no such unit. */
  inspect(unit: UnitRef, signal: AbortSignal): Promise<Unit | undefined>;
  /** Does it and waits for the job's end. A refusal of the manager is an outcome, not an exception. */
  run(action: UnitAction, unit: UnitRef, signal: AbortSignal): Promise<Outcome>;
  /** The values of the properties behind these limits as they are now. Throws if the manager knows none. */
  limitsOf(unit: UnitRef, limits: Limits, signal: AbortSignal): Promise<LimitValues>;
  /** Sets them until the machine restarts. A refusal of the manager is an outcome, not an exception. */
  setLimits(unit: UnitRef, values: LimitValues, signal: AbortSignal): Promise<Outcome>;
}
