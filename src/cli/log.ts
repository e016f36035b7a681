import { type DestinationStream, pino } from 'pino';
import type { Log } from '../domain/log.ts';
import { plainText } from './plain-text.ts';

/** How log lines look: JSON for machines, text for a person at a terminal. */
export type LogFormat = 'json' | 'text';

/** A log on standard error. */
export function createLog(format: LogFormat): Log {
  const base = { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: levelName } };
  return pino(base, format === 'json' ? pino.destination({ dest: 2, sync: true }) : textStream());
}

function levelName(level: string) {
  return { level };
}

function textStream(): DestinationStream {
  return { write: (line) => process.stderr.write(textLine(line)) };
}

/** `12:00:00 warn  collector failed  collector=thermal err="..."` */
function textLine(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line);
  const told = Object.entries(fields).map(([key, value]) => `${key}=${fieldText(value)}`);
  return `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${[msg, ...told].join('  ')}\n`;
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/^[\x21\x23-\x3c\x3e-\x7e]+$/.test(text)) return text;
  // Labels come from outside: nothing of them may steer a terminal.
  return plainText(JSON.stringify(text));
}
