import { Failure } from '../domain/errors.ts';
import type { LedgerLine } from '../domain/ledger.ts';
import { History } from '../policy/history.ts';
import { formatLedgerLine, parseLedgerLine } from './ledger-line.ts';

/** What has happened, on disk and in memory; the two never differ. */
export interface Ledger {
  readonly history: History;
  /** Writes lines durably, then takes them into the history. Throws if they could not be written: then nothing happened. */
  append(lines: readonly LedgerLine[]): Promise<void>;
  /** How many appends have failed since the start. */
  readonly errors: number;
}

/**
 * A ledger from the lines of its file and a durable way to add to it.
 *
 * Throws Failure `unreadable` for a line that is not one of ours: the rails count what the ledger tells, so
 * a ledger that cannot be believed must not be acted upon.
 */
export function openLedger(
  path: string,
  texts: readonly string[],
  appendDurably: (texts: readonly string[]) => Promise<void>,
): Ledger {
  const history = new History();
  for (const [index, text] of texts.entries()) history.apply(lineOrThrow(path, index + 1, text));
  let errors = 0;
  return {
    history,
    get errors() {
      return errors;
    },
    async append(lines) {
      try {
        await appendDurably(lines.map(formatLedgerLine));
      } catch (thrown) {
        errors++;
        throw thrown;
      }
      for (const line of lines) history.apply(line);
    },
  };
}

function lineOrThrow(path: string, number: number, text: string): LedgerLine {
  const line = parseLedgerLine(text);
  if (typeof line !== 'string') return line;
  const mend = 'fettle does not repair until the file is mended or moved away';
  throw new Failure('unreadable', `${path}:${number}: not a line of the ledger (${line}); ${mend}`);
}
