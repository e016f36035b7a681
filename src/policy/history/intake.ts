import type {
  EndedEvent,
  FinishedEvent,
  LineHead,
  ReceivedEvent,
  RefusedEvent,
  RehearsedEvent,
  StartedEvent,
  UndoneEvent,
} from '../../domain/ledger.ts';

/** How far an intake has come: it waits, a step is under way, a step has ended; the others are final. */
export type Phase = 'received' | 'working' | 'waiting' | 'refused' | 'rehearsed' | 'ended';

/** A step of an intake, as the ledger tells it. Times are seconds on the ledger's own clock. */
export interface TakenStep {
  readonly started: LineHead & StartedEvent;
  readonly startedAt: number;
  finished?: LineHead & FinishedEvent;
  finishedAt?: number;
  /** The last word on what it had changed for a while. */
  undone?: LineHead & UndoneEvent;
}

/** One alert under one policy, from intake to its end, as the ledger tells it. */
export interface Intake {
  readonly received: LineHead & ReceivedEvent;
  readonly receivedAt: number;
  /** In their order. */
  readonly steps: readonly TakenStep[];
  readonly phase: Phase;
  /** Its last line. */
  readonly end: (LineHead & (RefusedEvent | RehearsedEvent | EndedEvent)) | undefined;
  /** Whether the alert is over. */
  readonly isResolved: boolean;
  /** When its last line was written, on the ledger's own clock. */
  readonly lastAt: number;
}
