import type { KernelRecord } from './record.ts';

/** A record of the kernel's log as the journal keeps it. */
export interface JournalRecord extends KernelRecord {
  /** Unix time. */
  readonly seconds: number;
  /** Where the journal can be read on from. */
  readonly cursor: string;
}

/** The fields that a reader of `journalctl -o json` has to ask for; cursor and times come along. */
export const JOURNAL_FIELDS = 'MESSAGE,PRIORITY,SYSLOG_FACILITY,_SOURCE_MONOTONIC_TIMESTAMP';

/** One line of `journalctl -k -o json`; undefined for what is none, or has no text. */
export function parseJournalLine(line: string): JournalRecord | undefined {
  const fields = objectOf(line);
  if (fields === undefined) return undefined;
  const text = textOf(fields.get('MESSAGE'));
  const cursor = fields.get('__CURSOR');
  const seconds = secondsOf(fields);
  if (text === undefined || typeof cursor !== 'string' || seconds === undefined) return undefined;
  return {
    facility: numberOf(fields.get('SYSLOG_FACILITY')) ?? 0,
    continues: false,
    caller: '',
    text,
    cursor,
    seconds,
  };
}

function objectOf(line: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

/** A text, or the bytes of one that is no UTF-8 or not printable. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const bytes = value.filter((byte: unknown) => typeof byte === 'number');
  return Buffer.from(bytes).toString('utf8');
}

/** When the kernel wrote it: the journal may have taken it much later, as at boot. */
function secondsOf(fields: ReadonlyMap<string, unknown>): number | undefined {
  const taken = numberOf(fields.get('__REALTIME_TIMESTAMP'));
  if (taken === undefined) return undefined;
  const takenMonotonic = numberOf(fields.get('__MONOTONIC_TIMESTAMP'));
  const written = numberOf(fields.get('_SOURCE_MONOTONIC_TIMESTAMP'));
  if (takenMonotonic === undefined || written === undefined) return taken / 1e6;
  return (taken - Math.max(0, takenMonotonic - written)) / 1e6;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) : undefined;
}
