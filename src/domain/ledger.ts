import type { Action } from './policy.ts';

/** Written into every line; a later format gets the next number. */
export const LEDGER_VERSION = 1;

/** How a started repair ended. `interrupted`: fettle itself stopped in the middle, so nobody knows. */
export type RepairResult = 'succeeded' | 'failed' | 'interrupted';

interface Line<E extends string> {
  readonly v: typeof LEDGER_VERSION;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly event: E;
}

interface IntakeLine<E extends string> extends Line<E> {
  /** Names one intake: one alert under one policy. All its lines carry it. */
  readonly id: string;
  readonly policy: string;
  readonly unit: string;
}

/** An alert was taken in under a policy. Written before the notification is answered. */
export interface ReceivedLine extends IntakeLine<'received'> {
  readonly alertname: string;
  readonly fingerprint: string;
  readonly startsAt: string;
  readonly action: Action;
  readonly labels: Readonly<Record<string, string>>;
}

/** The rails said no. */
export interface RefusedLine extends IntakeLine<'refused'> {
  readonly denials: readonly { readonly rail: string; readonly reason: string; readonly retryAt?: string }[];
}

/** Dry run: what would have been done. */
export interface RehearsedLine extends IntakeLine<'rehearsed'> {
  readonly action: Action;
  readonly detail: string;
}

/** The repair is about to begin. Written before the service manager is asked. */
export interface StartedLine extends IntakeLine<'started'> {
  readonly action: Action;
  readonly activeState: string;
  readonly invocationId: string;
}

/** The repair ended; a `started` without this is a failed attempt. */
export interface FinishedLine extends IntakeLine<'finished'> {
  readonly action: Action;
  readonly result: RepairResult;
  readonly detail: string;
  readonly jobResult: string;
  readonly invocationId: string;
  readonly seconds: number;
}

/** Alertmanager says that the alert is over. */
export interface ResolvedLine extends Line<'resolved'> {
  readonly alertname: string;
  readonly fingerprint: string;
  readonly startsAt: string;
}

/** The ledger's public contract: one JSON object a line. */
export type LedgerLine =
  | ReceivedLine
  | RefusedLine
  | RehearsedLine
  | StartedLine
  | FinishedLine
  | ResolvedLine;

/** Identity of an alert's occurrence: the same alert firing again later has another start. */
export function occurrenceKey(fingerprint: string, startsAt: string): string {
  return `${fingerprint}@${startsAt}`;
}
