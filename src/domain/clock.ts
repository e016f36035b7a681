/** Time as an argument. */
export interface Clock {
  /** The wall clock, for people and ledgers; it may jump. */
  now(): Date;
  /** Milliseconds since some moment, for measuring; it never jumps. */
  elapsedMs(): number;
  /** Resolves after so many milliseconds, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
