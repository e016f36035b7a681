import type { Log } from '../../src/domain/log.ts';

/** A line of a log, as it was written. */
export interface LogLine {
  readonly level: keyof Log;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A log that keeps its lines. */
export function recordedLog(): { readonly log: Log; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const write =
    (level: keyof Log): Log['info'] =>
    (fields, message) =>
      lines.push({ level, fields, message });
  return { log: { error: write('error'), warn: write('warn'), info: write('info') }, lines };
}
