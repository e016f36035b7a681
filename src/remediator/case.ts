import type { ReceivedEvent } from '../domain/ledger.ts';

/** An alert that was taken in under a policy. */
export interface Case {
  readonly received: ReceivedEvent;
  /** On the ledger's clock, in seconds. */
  readonly receivedAt: number;
}
