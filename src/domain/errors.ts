/** Why something outside did not do what was asked. */
export type FailureCode = 'unreachable' | 'timeout' | 'refused' | 'not-found' | 'unreadable' | 'unwritable';

/** A failure of the outside world, told in a sentence that says what was being done and to what. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
