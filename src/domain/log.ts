type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** One line per event: a fixed message, and fields for what varies. Tokens and payloads never go in. */
export interface Log {
  /** Somebody must act. */
  readonly error: Write;
  /** A part is missing. */
  readonly warn: Write;
  /** Starts, stops, and every repair decision. */
  readonly info: Write;
}
