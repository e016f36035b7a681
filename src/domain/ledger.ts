import type { Action } from './step.ts';
import type { LimitValues } from './throttle.ts';

/** Written into every line; a later format gets the next number. */
export const LEDGER_VERSION = 2;

/** How a step ended. `interrupted`: fettle itself stopped in the middle, so nobody knows, or the machine slept before it. */
export const STEP_RESULTS = ['succeeded', 'failed', 'interrupted'] as const;

/** One of them. */
export type StepResult = (typeof STEP_RESULTS)[number];

/** Instead of the result of a job that the service manager would not take, so that nothing was changed. */
export const JOB_REFUSED = 'refused';

/** Instead of the result of a job that was never asked for. */
export const JOB_SKIPPED = 'skipped';

/**
 * How an intake ended on which something was done.
 *
 * `repaired`: proven. `eased`: throttled, stopped or told, and the alert is over. `exhausted`: the ladder has come to
 * its end in vain, and the circuit opens. `interrupted`: fettle stopped in the middle of a step.
 */
export const ENDINGS = ['repaired', 'eased', 'exhausted', 'interrupted'] as const;

/** One of them. */
export type Ending = (typeof ENDINGS)[number];

/** What every line has. */
export interface LineHead {
  readonly v: typeof LEDGER_VERSION;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The start of the machine in which it was written. */
  readonly boot: string;
  /** Seconds since that start: the wall clock may jump, this does not. */
  readonly up: number;
}

interface Event<E extends string> {
  readonly event: E;
}

interface IntakeEvent<E extends string> extends Event<E> {
  /** Names one intake: one alert under one policy. All its lines carry it. */
  readonly id: string;
  readonly policy: string;
  readonly unit: string;
}

/** An alert was taken in under a policy. Written before the notification is answered. */
export interface ReceivedEvent extends IntakeEvent<'received'> {
  readonly alertname: string;
  readonly fingerprint: string;
  readonly startsAt: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The rails said no to a step. Ends the intake. */
export interface RefusedEvent extends IntakeEvent<'refused'> {
  /** From 0. */
  readonly step: number;
  readonly denials: readonly { readonly rail: string; readonly reason: string; readonly retryAt?: string }[];
}

/** Dry run: what would have been done. Ends the intake. */
export interface RehearsedEvent extends IntakeEvent<'rehearsed'> {
  readonly action: Action;
  readonly detail: string;
}

/** A step is about to begin. Written before the service manager is asked. */
export interface StartedEvent extends IntakeEvent<'started'> {
  readonly step: number;
  readonly action: Action;
  readonly activeState: string;
  readonly invocationId: string;
  /** Other units that are restarted together with it, by the manager's own names. */
  readonly also?: readonly string[];
  /** SHA-256 of the evidence that was taken before, in hexadecimal; empty if there is none. */
  readonly evidence: string;
  /** What the unit had before it was throttled. */
  readonly saved?: LimitValues;
  /** What it is given. */
  readonly limits?: LimitValues;
  /** The oneshot unit that puts the power mode back. */
  readonly undo?: string;
}

/** A step ended. */
export interface FinishedEvent extends IntakeEvent<'finished'> {
  readonly step: number;
  readonly action: Action;
  readonly result: StepResult;
  readonly detail: string;
  readonly jobResult: string;
  readonly invocationId: string;
  /** Runs that units began which were restarted together with it, by unit. */
  readonly alsoInvocations?: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** Nothing more is done about this intake. */
export interface EndedEvent extends IntakeEvent<'ended'> {
  readonly ending: Ending;
  readonly detail: string;
  /** Of `exhausted`: seconds for which the circuit stays open. */
  readonly hold?: number;
}

/** What a step had changed for a while is as it was before; `id` is that of its intake. */
export interface UndoneEvent extends IntakeEvent<'undone'> {
  readonly step: number;
  readonly result: 'restored' | 'gone' | 'failed';
  readonly detail: string;
}

/** Alertmanager says that the alert is over. */
export interface ResolvedEvent extends Event<'resolved'> {
  readonly alertname: string;
  readonly fingerprint: string;
  readonly startsAt: string;
}

/** Something to write down. */
export type LedgerEvent =
  | ReceivedEvent
  | RefusedEvent
  | RehearsedEvent
  | StartedEvent
  | FinishedEvent
  | EndedEvent
  | UndoneEvent
  | ResolvedEvent;

/** The ledger's public contract: one JSON object a line, the hash of all lines up to it at its end. */
export type LedgerLine = LineHead & LedgerEvent;

/** Identity of an alert's occurrence: the same alert firing again later has another start. */
export function occurrenceKey(fingerprint: string, startsAt: string): string {
  return `${fingerprint}@${startsAt}`;
}
