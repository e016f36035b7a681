import type { ProbeFailureReason } from '../probe.ts';

/**
 * A question that did not get the answer that it should: thrown inside a probe, which makes a failure of it.
 *
 * Its message is a sentence for people, and never holds a secret or what a file of secrets holds.
 */
export class ProbeFault extends Error {
  override readonly name = 'ProbeFault';
  readonly reason: ProbeFailureReason;

  constructor(reason: ProbeFailureReason, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.reason = reason;
  }
}
