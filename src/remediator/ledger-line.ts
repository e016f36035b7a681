import { LEDGER_VERSION, type LedgerLine } from '../domain/ledger.ts';

const EVENTS: readonly string[] = [
  'received',
  'refused',
  'rehearsed',
  'started',
  'finished',
  'resolved',
] satisfies readonly LedgerLine['event'][];

/** A line as it is written. */
export function formatLedgerLine(line: LedgerLine): string {
  return JSON.stringify(line);
}

/**
 * A line as it was written, or what is wrong with it.
 *
 * Only fettle writes the ledger, so a line that is one of ours by version, event and identity is taken at
 * its word.
 */
export function parseLedgerLine(text: string): LedgerLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'not JSON';
  }
  return isLedgerLine(value) ? value : wrongPart(value);
}

function isLedgerLine(value: unknown): value is LedgerLine {
  return wrongPart(value) === '';
}

function wrongPart(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'not an object';
  const part = (key: string): unknown => Reflect.get(value, key);
  if (part('v') !== LEDGER_VERSION)
    return `format version ${String(part('v'))}; this fettle reads ${LEDGER_VERSION}`;
  if (!EVENTS.includes(String(part('event')))) return `unknown event ${String(part('event'))}`;
  if (Number.isNaN(Date.parse(String(part('at'))))) return 'no time in "at"';
  const identity = part('event') === 'resolved' ? ['fingerprint', 'startsAt'] : ['id', 'policy', 'unit'];
  const missing = identity.find((key) => typeof part(key) !== 'string');
  return missing === undefined ? '' : `no "${missing}"`;
}
